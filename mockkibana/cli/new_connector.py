"""The command that writes a connector type and its test, to begin with."""

from __future__ import annotations

import re
import sys
from importlib.resources import files
from keyword import iskeyword
from pathlib import Path
from string import Template

import click

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_FILES = {"{module}.py": "connector.txt", "test_{module}.py": "test.txt"}


@click.command("new-connector")
@click.argument("name")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, writable=True, path_type=Path),
    default=Path(),
    help="Where to write them; without, here.",
)
def new_connector(name: str, folder: Path) -> None:
    """Write the module of a connector type of your own, and its test.

    NAME is that of the type: acme-pager makes the type .acme-pager, in acme_pager.py.
    """
    name = name.removeprefix(".")
    module = name.replace("-", "_")
    if reason := _refused(name, module):
        raise click.BadParameter(f"{name!r} {reason}", param_hint="NAME")
    words = re.split("[-_]", name)
    values = {
        "id": f".{name}",
        "name": name,
        "module": module,
        "camel": "".join(map(str.capitalize, words)),
        "title": " ".join(map(str.capitalize, words)),
        "host": "-".join(words),
    }
    written = {folder / path.format(module=module): text for path, text in _FILES.items()}
    for path in written:
        if path.exists():
            raise click.UsageError(f"{path} is there already, and stays as it is.")
    for path, template in written.items():
        text = files("mockkibana.cli").joinpath("templates", template).read_text("utf-8")
        path.write_text(Template(text).substitute(values), "utf-8")
    source, test = written
    click.echo(
        f"Wrote {source} and {test}; try `pytest {test}`.\n"
        "Servers and the fixture mock_kibana have the type where your package is installed with\n"
        '[project.entry-points."mockkibana.connectors"]\n'
        f'{module} = "{module}:{values["camel"]}"'
    )


def _refused(name: str, module: str) -> str | None:
    """Return why nothing can be called so, or None."""
    from mockkibana.connectors.catalog import ConnectorTypes

    if not _NAME.fullmatch(name):
        return "is no name; expected lower-case words such as acme-pager"
    types = ConnectorTypes()
    taken = {party.name for party in types.parties()} | {"elasticsearch", "jira"}
    if f".{name}" in types.ids() or name in taken:
        return "is taken by a type that is there, or by whom one talks to"
    if iskeyword(module) or module in {*sys.stdlib_module_names, "mockkibana", "pytest", "test"}:
        return "cannot be the name of a module of yours"
    return None
