"""`make docs`: writes the table of Jira's APIs that are served into `jira-apis.md`.

Run as `python -m docs.jira_apis`; a test says when the table is stale.
"""

from __future__ import annotations

from pathlib import Path

from mockkibana.jira.errors import JiraError
from mockkibana.jira.face import flavours
from mockkibana.jira.face.face import TABLE
from mockkibana.jira.jql.fields import all_fields
from mockkibana.jira.jql.functions import all_functions

PAGE = Path(__file__).with_name("jira-apis.md")
BEGIN = "<!-- made by `make docs` -->\n"
END = "<!-- end of what is made -->\n"
_API = "/rest/api/{version}/"


def table() -> str:
    """Return the tables: routes with their methods and flavours, fields and functions of JQL."""
    methods: dict[str, list[str]] = {}
    for method, pattern in TABLE.patterns():
        methods.setdefault(pattern, []).append(method)
    rows = [
        f"| `{pattern.removeprefix(_API)}` | {', '.join(known)} | {_only(pattern)} |\n"
        for pattern, known in methods.items()
    ]
    fields = [
        f"| {', '.join(f'`{name}`' for name in field.names)} "
        f"| {' '.join(f'`{operator.upper()}`' for operator in sorted(field.operators))} |\n"
        for field in all_fields()
    ]
    functions = ", ".join(f"`{function.name}()`" for function in all_functions())
    return (
        "| path below `/rest/api/2`, or from the root | methods | only of |\n|---|---|---|\n"
        + "".join(rows)
        + "\n## JQL\n\n| field | operators |\n|---|---|\n"
        + "".join(fields)
        + f"\nFunctions: {functions}.\n"
    )


def made(page: str) -> str:
    """Return a page with the tables as they are now, between the two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _only(pattern: str) -> str:
    """Return the flavour, of the strict ones, that alone serves a route."""
    served = [flavour for flavour in ("cloud", "server") if _serves(flavour, pattern)]
    return served[0] if len(served) == 1 else ""


def _serves(flavour: str, pattern: str) -> bool:
    try:
        return flavours.check(flavour, pattern, "2")
    except JiraError:
        return False


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
