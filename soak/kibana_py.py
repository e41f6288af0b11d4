"""`make kibana-py SUITE=DIR`: runs the integration tests of kibana-py against served worlds.

The suite is whoever runs this has, a checkout of github.com/pedro-angel/kibana-py: none comes with
the product. What of it is left out, and why, is told in `ELSEWHERE`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from mockkibana.settings import Settings
from mockkibana.world import World
from soak import suites

VERSIONS = ("9.4.6", "9.5.4")
_FOLDER = "tests/integration"
IN_SCOPE = tuple(
    f"{_FOLDER}/test_{name}_integration.py"
    for name in ("connectors", "spaces", "space_validation", "status")
)
_SAVED_OBJECTS = "saved objects are not served, nor what copies and shares them"
_DASHBOARDS = "asks for dashboards, which are not served"
_ASYNC = "the same by the async client, which needs plugins of its own"
_VALIDATION = f"{_FOLDER}/test_space_validation_integration.py"
_SPACES = f"{_FOLDER}/test_spaces_integration.py"
_COPIES = f"{_SPACES}::TestSpacesCopyIntegration"
_LOOKUPS = f"{_VALIDATION}::TestSpaceLookupDeduplication"
_MALFORMED = f"{_VALIDATION}::TestMalformedSpaceIdCostsNothing"
_MUTATION = f"{_VALIDATION}::TestSpaceCacheInvalidationOnMutation"
ELSEWHERE: Mapping[str, str] = {
    f"{_FOLDER}/test_connectors_integration.py::TestAsyncConnectorsIntegration": _ASYNC,
    f"{_FOLDER}/test_status_integration.py::TestAsyncStatusIntegration": _ASYNC,
    f"{_SPACES}::TestAsyncSpacesIntegration": _ASYNC,
    f"{_COPIES}::test_copy_saved_objects_and_resolve_conflicts": _SAVED_OBJECTS,
    f"{_COPIES}::test_shareable_references_and_update_objects_spaces_roundtrip": _SAVED_OBJECTS,
    f"{_COPIES}::test_disable_legacy_url_aliases": _SAVED_OBJECTS,
    f"{_MUTATION}::test_create_then_delete_take_effect_immediately": _DASHBOARDS,
    f"{_LOOKUPS}::test_many_namespaces_trigger_one_space_lookup": _DASHBOARDS,
    f"{_LOOKUPS}::test_scoped_client_and_its_namespaces_trigger_one_space_lookup": _DASHBOARDS,
    f"{_MALFORMED}::test_async_namespaces_reject_a_malformed_space_id_locally": _ASYNC,
    f"{_MALFORMED}::test_async_space_rejects_a_malformed_id_locally": _ASYNC,
}
"""Tests that are left out, by how pytest names them or how their names begin, and why."""


def run(suite: Path, version: str, options: tuple[str, ...]) -> int:
    """Run what is in scope against one version; return pytest's exit code, or 1 for our bugs."""
    world = World(Settings(kibana_version=version, security=True))

    def variables(url: str) -> dict[str, str]:
        return {
            "PYTHONPATH": ".",
            "KIBANA_URL": url,
            "KIBANA_USERNAME": "elastic",
            "KIBANA_PASSWORD": world.settings.elastic_password,
            "ES_URL": f"{url}/_mock/elasticsearch",
        }

    left_out = (f"--deselect={name}" for name in ELSEWHERE)
    arguments = (*suites.UNCONFIGURED, *IN_SCOPE, *left_out, *options)
    return suites.run(suite, world, variables, arguments)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("path", metavar="SUITE", default="")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(path: str, options: tuple[str, ...]) -> None:
    """Run the suite in the checkout SUITE; further OPTIONS are those of `pytest`."""
    if not path:
        raise click.UsageError("say where the suite is: make kibana-py SUITE=path/to/kibana-py")
    if not Path(path, IN_SCOPE[0]).is_file():
        raise click.UsageError(f"SUITE is {path!r}, which is no checkout of kibana-py")
    for name, reason in ELSEWHERE.items():
        click.echo(f"left out: {name}: {reason}")
    failed = 0
    for version in VERSIONS:
        click.echo(f"Kibana {version}:")
        failed = run(Path(path), version, options) or failed
    sys.exit(failed)


if __name__ == "__main__":
    main()
