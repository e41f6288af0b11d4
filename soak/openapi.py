"""`make openapi SPEC=FILE`: lets schemathesis compare a served world with a published OpenAPI.

The document is whoever runs this has: none comes with the product. Of it are taken the operations
that are routed here, and of its request bodies those of the connector types that are registered.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import yaml

from mockkibana.app import create_app, rules
from mockkibana.json import dumps
from mockkibana.seeds import Seed, demo_seed, parse_seed
from mockkibana.server import Server
from mockkibana.world import World

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_METHODS = ("get", "put", "post", "delete", "patch", "head")
_SPACE = "/s/{spaceId}"
_REQUESTS = ("create_connector_request", "update_connector_request")
_SPARE = 50  # connectors of each kind: some requests delete one


def routed(world: World) -> set[tuple[str, str]]:
    """Return every method (in lower case) and path that Kibana answers, `{}` for placeholders."""
    return {
        (method.lower(), re.sub(r"<.*?>", "{}", rule.rule))
        for rule in rules(world.settings.release)
        for method in rule.methods or ()
    }


def implemented(spec: dict[str, Any], world: World) -> dict[str, Any]:
    """Return the part of a document that is served here; says on stdout what is left out."""
    known = routed(world)
    paths: dict[str, Any] = {}
    for path, item in spec["paths"].items():
        plain = re.sub(r"\{.*?\}", "{}", path.removeprefix(_SPACE))
        kept = {
            key: value
            for key, value in item.items()
            if key not in _METHODS or (key, plain) in known
        }
        left_out = [key.upper() for key in item if key not in kept]
        if left_out:
            click.echo(f"openapi: left out, not served here: {' '.join(left_out)} {path}")
        if any(key in _METHODS for key in kept):
            paths[path] = kept
    spec = {**spec, "paths": paths}
    schemas = spec["components"]["schemas"]
    registered = set(world.connector_types.ids())
    for name in _REQUESTS:
        _keep_registered(schemas, name, registered)
    _offer_ids(spec["components"]["parameters"], world)
    return spec


def _keep_registered(schemas: dict[str, Any], request: str, registered: set[str]) -> None:
    """Take the types that are not registered, whose answer is always one 400, out of a union."""
    kept = []
    for branch in schemas.get(request, {}).get("anyOf", []):
        suffix = branch["$ref"].rpartition("/")[2].removeprefix(request)
        created = schemas.get(f"{_REQUESTS[0]}{suffix}", {}).get("properties", {})
        if registered.intersection(created.get("connector_type_id", {}).get("enum", ())):
            kept.append(branch)
    if kept:
        schemas[request]["anyOf"] = kept


def _offer_ids(parameters: dict[str, Any], world: World) -> None:
    """Let some of the generated ids be those of connectors that are there."""
    there = [record["id"] for records in world.connectors.dump().values() for record in records]
    for name in ("connector_id", "action_id"):
        if name in parameters:
            parameters[name]["schema"] = {
                "anyOf": [{"type": "string", "enum": there}, {"type": "string"}]
            }


def copies(demo: Seed) -> Seed:
    """Return a seed with many connectors like those of the demo."""
    records = [
        {**record, "id": f"{record['id'][:-3]}{number:03}"}
        for record in demo.content["connectors"]
        for number in range(_SPARE)
    ]
    return parse_seed({"version": 1, "connectors": records})


def compare(spec: dict[str, Any], world: World, options: Iterable[str]) -> int:
    """Run schemathesis against a server of the world and return its exit code."""
    with tempfile.TemporaryDirectory() as folder, Server(create_app(world)) as server:
        path = Path(folder, "implemented.json")
        path.write_text(dumps(spec))
        command = [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", str(path)),
            *("--url", server.url, "-H", "kbn-xsrf: true"),
            *("--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing"),
            *("--warnings", "off", "--continue-on-failure", *options),
        ]
        return subprocess.run(command, cwd=folder, check=False).returncode


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("path", metavar="SPEC", default="")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def main(path: str, options: tuple[str, ...]) -> None:
    """Compare with the OpenAPI document SPEC; further OPTIONS are those of `schemathesis run`."""
    if not path:
        raise click.UsageError("say which document: make openapi SPEC=path/to/openapi.yaml")
    if not Path(path).is_file():
        raise click.UsageError(f"SPEC is {path!r}, which is not a file")
    demo = demo_seed()
    world = World(seeds=[demo, copies(demo)])
    spec = implemented(yaml.safe_load(Path(path).read_text("utf-8")), world)
    operations = sum(key in _METHODS for item in spec["paths"].values() for key in item)
    click.echo(f"openapi: {operations} operations, connector types {', '.join(_types(spec))}")
    failed = compare(spec, world, options)
    for bug in world.bugs:
        click.echo(bug, err=True)
    sys.exit(failed or bool(world.bugs))


def _types(spec: dict[str, Any]) -> list[str]:
    branches = spec["components"]["schemas"][_REQUESTS[0]]["anyOf"]
    return [branch["$ref"].rpartition("request_")[2] for branch in branches]


if __name__ == "__main__":
    main()
