"""What Kibana's own validation said to each recorded input, of every connector type that is here.

`tests/vectors/` holds the records, one JSON line an input: the `value` for a `part` of a `type`,
and what came of it: `ok`, the loaded value, or `error`, the text. `http` stands where the same
value over HTTP gives something else, as the route's own schema comes first: the text, null for
accepted, false for what no request can hold.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.kibana import validate
from mockkibana.kibana.errors import KibanaError
from mockkibana.kibana.routes.legacy import CreateAction, UpdateAction
from mockkibana.kibana.schemas import CreateConnector, RunConnector, Space, UpdateConnector
from mockkibana.settings import Settings
from mockkibana.validation import Refused
from mockkibana.validation.wording import config_schema
from mockkibana.world import World

Line = dict[str, Any]

VECTORS = Path(__file__).parent.parent / "vectors" / "validation-8.19.jsonl"
SETTINGS = Settings(kibana_version="8.19.0", contract="observed")
TYPES = ConnectorTypes()
BODIES = {
    "create": CreateConnector(),
    "update": UpdateConnector(),
    "execute": RunConnector(),
    "legacy-create": CreateAction(),
    "legacy-update": UpdateAction(),
    "legacy-execute": RunConnector(),
    "space-create": Space(),
}
# V8 words the first such error of a process otherwise than all later ones.
FIRST = "undefined is not iterable (cannot read property Symbol(Symbol.iterator))"
LATER = "Cannot destructure property 'Symbol(Symbol.iterator)' of 'undefined' as it is undefined."
REFUSALS = ("Request validation failed", "Sub action")


def read() -> tuple[dict[tuple[str, str], list[Line]], dict[str, Line]]:
    """Return the lines of each type and part, and the example of each type."""
    groups: dict[tuple[str, str], list[Line]] = defaultdict(list)
    examples = {}
    for text in VECTORS.read_text("utf-8").split("\n"):
        line = json.loads(text.replace(FIRST, LATER)) if text else None
        if line is None or not (line["type"] == "route" or TYPES.get(line["type"])):
            continue
        if line["part"] == "example":
            examples[line["type"]] = line
        else:
            groups[line["type"], line["part"]].append(line)
    return groups, examples


GROUPS, EXAMPLES = read()
OVER_HTTP = {
    group: chosen
    for group, lines in GROUPS.items()
    if (
        chosen := [
            line
            for line in lines
            if line.get("http", None if line["part"] == "subaction" else False) is not False
        ]
    )
}


def ids(groups: dict[tuple[str, str], list[Line]]) -> list[str]:
    return [f"{type_id}-{part}" for type_id, part in groups]


def test_every_registered_type_has_an_example_and_lines() -> None:
    own = {type_id for type_id in TYPES.ids() if type_id.startswith(".")}
    assert own <= EXAMPLES.keys()
    assert own <= {type_id for type_id, _ in GROUPS}
    assert BODIES.keys() <= {part for type_id, part in GROUPS if type_id == "route"}


def validated(line: Line) -> Any:
    value, part = line.get("value"), line["part"]
    if line["type"] == "route":
        return BODIES[part].load(value)
    connector_type = TYPES.get(line["type"])
    assert connector_type is not None
    match part:
        case "config":
            return validate.validated_config(connector_type, value, SETTINGS)
        case "secrets":
            return validate.validated_secrets(connector_type, value, SETTINGS)
        case "params":
            return validate.validated_params(connector_type, value)
        case "connector":
            validate.check_together(connector_type, value["config"], value["secrets"])
            return value
    raise AssertionError(f"{part} is an unknown part")


def told(line: Line) -> tuple[str, Any]:
    """Return `ok` and the loaded value as JSON, in which 1, 1.0 and true differ, or the error."""
    try:
        return "ok", json.dumps(validated(line), sort_keys=True)
    except KibanaError as error:
        return "error", error.message
    except Refused as refused:
        return "error", config_schema.sentence(refused.failure, "request body")


def recorded(line: Line) -> tuple[str, Any]:
    if "error" in line:
        return "error", line["error"]
    return "ok", json.dumps(line["value" if line["part"] == "connector" else "ok"], sort_keys=True)


BELOW = {group: lines for group, lines in GROUPS.items() if group[1] != "subaction"}


@pytest.mark.parametrize("lines", BELOW.values(), ids=ids(BELOW))
def test_a_value_is_loaded_or_refused_as_kibana_does(lines: list[Line]) -> None:
    wrong = [(line, said) for line in lines if (said := told(line)) != recorded(line)]
    assert wrong == []


@pytest.fixture(scope="module")
def kibana() -> Iterator[FlaskClient]:
    world = World(SETTINGS)
    yield create_app(world).test_client()
    assert world.bugs == []
    world.close()


def post(kibana: FlaskClient, path: str, body: Any) -> Any:
    # `json=` would sort the keys, whose order decides which one is named.
    headers = {"kbn-xsrf": "true", "content-type": "application/json"}
    answer = kibana.post(path, data=json.dumps(body), headers=headers)
    return answer.status_code, answer.get_json()


def answered(kibana: FlaskClient, line: Line, connector_id: str) -> str | None:
    """Return the text with which a request is refused, None for accepted."""
    value, part = line["value"], line["part"]
    if part in ("params", "subaction"):
        path = f"/api/actions/connector/{connector_id}/_execute"
        status, body = post(kibana, path, {"params": value})
        if status == 200 and body["status"] == "ok":
            return None
        if part == "params":
            return body["message"]
        text = body["service_message"].replace(connector_id, "<connector id>")
        # What a sub-action's params are accepted for may fail later on.
        return text if text.startswith(REFUSALS) else None
    example = EXAMPLES[line["type"]]
    halves = {key: example[key] for key in ("config", "secrets")}
    halves |= value if part == "connector" else {part: value}
    body = {"name": "n", "connector_type_id": line["type"], **halves}
    status, body = post(kibana, "/api/actions/connector", body)
    return None if status == 200 else body["message"]


@pytest.mark.parametrize(("group", "lines"), OVER_HTTP.items(), ids=ids(OVER_HTTP))
def test_over_http_the_routes_schema_comes_first(
    kibana: FlaskClient, group: tuple[str, str], lines: list[Line]
) -> None:
    example = EXAMPLES[group[0]]
    body = {key: example[key] for key in ("config", "secrets")}
    status, made = post(
        kibana, "/api/actions/connector", {"name": "n", "connector_type_id": group[0], **body}
    )
    assert status == 200
    wrong = [
        (line, text)
        for line in lines
        if (text := answered(kibana, line, made["id"])) != line.get("http", line.get("error"))
    ]
    assert wrong == []
