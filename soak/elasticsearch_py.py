"""`make elasticsearch-py SUITE=DIRECTORY`: runs the server and dsl tests of elasticsearch-py.

DIRECTORY is a checkout of elastic/elasticsearch-py at the version of the client that is installed.
This module is also the plugin of pytest that leaves out what is not in scope.
"""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import click
import pytest

from mockkibana.world import World
from soak import suites

#: Tests about things that this mock has not, or that need what is not installed, by parts of ids.
OUT_OF_SCOPE = {
    "_async/": "asynchronous tests need aiohttp and pytest-asyncio; tests/clients has its own",
    "test_completion.py": "suggesters",
    "test_esql.py": "ES|QL",
    "test_mapbox_vector_tile.py": "vector tiles",
    "test_otel.py": "the client alone",
    "test_percolate.py": "percolators",
    "test_rest_api_spec.py": "make clients-yaml",
    "test_vectors.py": "needs a model",
    "test_vectorstore": "needs a model",
}
_PATHS = ("test_server", "test_dsl/test_integration")


class _Zone(ZoneInfo):
    """A time zone as pytz has it."""

    def localize(self, time: Any) -> Any:
        return time.replace(tzinfo=self)


def _stand_in() -> None:
    """Stand in for what the suite imports and, for the tests that are run, hardly needs."""
    if find_spec("pytest_asyncio") is None:
        module: Any = ModuleType("pytest_asyncio")
        module.fixture = pytest.fixture
        sys.modules["pytest_asyncio"] = module
    if find_spec("pytz") is None:
        module = ModuleType("pytz")
        module.timezone, module.UTC = _Zone, _Zone("UTC")
        sys.modules["pytz"] = module


_stand_in()  # at once, since conftest.py is imported before plugins are configured


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Leave out files that are not in scope."""
    path = collection_path.as_posix() + ("/" if collection_path.is_dir() else "")
    return True if any(part in path for part in OUT_OF_SCOPE) else None


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(directory: Path, options: tuple[str, ...]) -> None:
    """Run the suite in DIRECTORY; further OPTIONS are those of pytest."""
    click.echo(f"elasticsearch-py: with the client {version('elasticsearch')}")
    for part, why in OUT_OF_SCOPE.items():
        click.echo(f"elasticsearch-py: left out: {part}: {why}")
    root = Path(__file__).parent.parent

    def variables(url: str) -> dict[str, str]:
        return {
            "ELASTICSEARCH_URL": f"{url}/_mock/elasticsearch",
            "PYTHONPATH": os.pathsep.join((str(root), str(directory))),
        }

    paths = (f"test_elasticsearch/{path}" for path in _PATHS)
    plugins = ("-p", "soak.elasticsearch_py", "-p", "no:flask")
    arguments = ("-W", "ignore", *plugins, *paths, *options)
    sys.exit(suites.run(directory, World(), variables, arguments))


if __name__ == "__main__":
    main()
