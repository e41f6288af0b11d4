"""What Kibana's own validation said to each recorded input, of every connector type that is here.

`tests/vectors/` holds the records, one JSON line an input: the `value` for a `part` of a `type`,
and what came of it: `ok`, the loaded value, or `error`, the text; under `9.4` that of 9.4 where it
was another. `http` stands where the same
value over HTTP gives something else, as the route's own schema comes first: the text, null for
accepted, false for what no request can hold.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.kibana import validate
from mockkibana.kibana.errors import KibanaError, bad_request
from mockkibana.kibana.routes import loading
from mockkibana.kibana.routes.legacy import CreateAction, UpdateAction
from mockkibana.kibana.schemas import CreateConnector, RunConnector, Space, UpdateConnector
from mockkibana.settings import Settings
from mockkibana.validation import Refused, load, missing
from mockkibana.validation.releases import of_type
from mockkibana.validation.wording import javascript_error
from mockkibana.world import World

Line = dict[str, Any]
Group = tuple[str, str, str]  # a version, a type, a part

VECTORS = Path(__file__).parent.parent / "vectors"
FILES = {"8.19": "validation-8.19", "9.4": "validation-9.x", "9.5": "validation-9.x"}
SETTINGS = {
    version: Settings(kibana_version=f"{version}.0", contract="observed") for version in FILES
}
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
REFUSALS = ("error validating", "[request", "Request validation failed", "Sub action")
# Types of which nothing was recorded.
UNRECORDED = {".http", ".mcp", ".abuseipdb", ".alienvault-otx", ".brave-search"}


def is_here(type_id: str, version: str) -> bool:
    """Tell whether a type is one of this installation and of the version."""
    return TYPES.registered(type_id, SETTINGS[version].release) is not None


def later(line: Line) -> Line:
    """Return a line of 8.19 about the body of a route as 9.4 has it."""
    if "error" not in line:
        return line
    named = r"[\1\2]: Additional properties are not allowed ('\2' was unexpected)"
    text = re.sub(r"^\[(.*?)([^.\]]+)\]: definition for this key is missing$", named, line["error"])
    for index, (old, new) in enumerate([("security", "es"), ("oblt", "oblt"), ("es", "security")]):
        place = f"solution.{index}]: expected value to equal "
        text = text.replace(f"{place}[{old}]", f"{place}[{new}]")
    return {**line, "error": text}


def read() -> tuple[dict[Group, list[Line]], dict[tuple[str, str], Line]]:
    """Return the lines of each version, type and part, and the example of each type."""
    groups: dict[Group, list[Line]] = defaultdict(list)
    examples = {}
    for version, name in FILES.items():
        for text in (VECTORS / f"{name}.jsonl").read_text("utf-8").split("\n"):
            line = json.loads(text.replace(FIRST, LATER)) if text else None
            if line is None or not (line["type"] == "route" or is_here(line["type"], version)):
                continue
            if line["type"] == "route":
                for newer in ("9.4", "9.5"):
                    if not line["part"].startswith("legacy"):
                        groups[newer, "route", line["part"]].append(later(line))
            if version in line:
                line["http" if "http" in line else "error"] = line[version]
            if line["part"] == "example":
                examples[version, line["type"]] = line
            else:
                groups[version, line["type"], line["part"]].append(line)
    return groups, examples


GROUPS, EXAMPLES = read()


def asked(group: Group, lines: list[Line]) -> list[Line]:
    """Return the lines that are asked over HTTP: where it differs, and some of each sub-action."""
    if group[2] == "subaction":
        outcomes = {
            (each["value"].get("subAction"), each.get("error", "")[:3]): each for each in lines
        }
        lines = list(outcomes.values())
    else:
        lines = [line for line in lines if "http" in line]
    lines = [line for line in lines if line.get("http") is not False]
    return [line for line in lines if group[0] != "9.4" or "9.4" in line]


OVER_HTTP = {group: chosen for group, lines in GROUPS.items() if (chosen := asked(group, lines))}


def ids(groups: dict[Group, list[Line]]) -> list[str]:
    return ["-".join(group) for group in groups]


def test_every_registered_type_has_an_example_and_lines() -> None:
    own = {type_id for type_id in TYPES.ids() if type_id.startswith(".")} - UNRECORDED
    for version in FILES:
        expected = {type_id for type_id in own if is_here(type_id, version)}
        assert expected <= {type_id for known, type_id in EXAMPLES if known == version}
        assert expected <= {type_id for known, type_id, _ in GROUPS if known == version}
    assert BODIES.keys() <= {part for _, type_id, part in GROUPS if type_id == "route"}


def validated(line: Line, settings: Settings) -> Any:
    value, part = line.get("value"), line["part"]
    if line["type"] == "route":
        return loading.body(BODIES[part])(value, settings.release)
    connector_type = TYPES.get(line["type"])
    assert connector_type is not None
    match part:
        case "config":
            return validate.validated_config(connector_type, value, settings)
        case "secrets":
            return validate.validated_secrets(connector_type, value, settings)
        case "params":
            return validate.validated_params(connector_type, value, settings)
        case "connector":
            validate.check_together(connector_type, value["config"], value["secrets"])
            return value
        case "subaction":
            return sub_action_params(connector_type, value, settings)
    raise AssertionError(f"{part} is an unknown part")


def sub_action_params(connector_type: Any, value: Any, settings: Settings) -> Any:
    rule, _ = connector_type.sub_actions[value["subAction"]]
    try:
        return load(of_type(rule, settings.release), value.get("subActionParams", missing))
    except Refused as refused:
        text = javascript_error(refused.failure, settings.release)
        raise bad_request(f"Request validation failed ({text})") from None


def told(line: Line, settings: Settings) -> tuple[str, Any]:
    """Return `ok` and the loaded value as JSON, in which 1, 1.0 and true differ, or the error."""
    try:
        return "ok", json.dumps(validated(line, settings), sort_keys=True)
    except KibanaError as error:
        return "error", error.message


def recorded(line: Line) -> tuple[str, Any]:
    if "error" in line:
        return "error", line["error"]
    return "ok", json.dumps(line["value" if line["part"] == "connector" else "ok"], sort_keys=True)


BELOW = {
    group: [line for line in lines if not line.get("error", "").startswith("Sub action")]
    for group, lines in GROUPS.items()
}


@pytest.mark.parametrize(("group", "lines"), BELOW.items(), ids=ids(BELOW))
def test_a_value_is_loaded_or_refused_as_kibana_does(group: Group, lines: list[Line]) -> None:
    settings = SETTINGS[group[0]]
    wrong = [(line, said) for line in lines if (said := told(line, settings)) != recorded(line)]
    assert wrong == []


@pytest.mark.parametrize("version", ["8.17.0", "9.0.0"])
def test_the_other_releases_with_config_schema_load_and_refuse_as_8_19_does(version: str) -> None:
    settings = Settings(kibana_version=version, contract="observed")
    wrong = []
    for (recorded_for, type_id, part), lines in BELOW.items():
        is_there = type_id == "route" or TYPES.registered(type_id, settings.release) is not None
        if recorded_for != "8.19" or not is_there:
            continue
        if version == "9.0.0" and part == "space-create":
            lines = [line for line in lines if "body.solution" not in line.get("error", "")]
        wrong += [
            (line, said) for line in lines if (said := told(line, settings)) != recorded(line)
        ]
    assert wrong == []


def test_the_first_release_with_zod_takes_and_refuses_the_same() -> None:
    settings = Settings(kibana_version="9.3.1", contract="observed")
    lines = [line for group, lines in BELOW.items() if group[0] == "9.5" for line in lines]
    said = [(line, told(line, settings)) for line in lines if line["type"] != "route"]
    assert [line for line, (outcome, _) in said if outcome not in line] == []
    # With these zod 4 begins its texts, and zod 3 none of its own.
    later = (
        "✖",
        "Invalid input: ",
        "Invalid option: ",
        "Too big: ",
        "Too small: ",
        "Unrecognized key:",
    )
    assert [
        line for line, (_, text) in said if "error" in line and any(w in text for w in later)
    ] == []


@pytest.fixture(scope="module")
def kibanas() -> Iterator[dict[str, FlaskClient]]:
    worlds = {version: World(settings) for version, settings in SETTINGS.items()}
    yield {version: create_app(world).test_client() for version, world in worlds.items()}
    for world in worlds.values():
        assert world.bugs == []
        world.close()


def post(kibana: FlaskClient, path: str, body: Any) -> Any:
    # `json=` would sort the keys, whose order decides which one is named.
    headers = {"kbn-xsrf": "true", "content-type": "application/json"}
    answer = kibana.post(path, data=json.dumps(body), headers=headers)
    return answer.status_code, answer.get_json()


def delete(kibana: FlaskClient, connector_id: str) -> None:
    path = f"/api/actions/connector/{connector_id}"
    assert kibana.delete(path, headers={"kbn-xsrf": "true"}).status_code == 204


def answered(kibana: FlaskClient, example: Line, line: Line, connector_id: str) -> str | None:
    """Return the text with which a request is refused, None for accepted."""
    value, part = line["value"], line["part"]
    if part in ("params", "subaction"):
        path = f"/api/actions/connector/{connector_id}/_execute"
        status, body = post(kibana, path, {"params": value})
        if status == 200 and body["status"] == "ok":
            return None
        text = body["message" if part == "params" else "service_message"]
        text = text.replace(connector_id, "<connector id>")
        # What params are accepted for may fail later on.
        return text if text.startswith(REFUSALS) else None
    halves = {key: example[key] for key in ("config", "secrets")}
    halves |= value if part == "connector" else {part: value}
    body = {"name": "n", "connector_type_id": line["type"], **halves}
    status, body = post(kibana, "/api/actions/connector", body)
    if status != 200:
        return str(body["message"])
    delete(kibana, body["id"])  # two connectors of one endpoint cannot be created
    return None


@pytest.mark.parametrize(("group", "lines"), OVER_HTTP.items(), ids=ids(OVER_HTTP))
def test_over_http_the_routes_schema_comes_first(
    kibanas: dict[str, FlaskClient], group: Group, lines: list[Line]
) -> None:
    version, type_id, part = group
    kibana, example = kibanas[version], EXAMPLES[version, type_id]
    body = {key: example[key] for key in ("config", "secrets")}
    status, made = post(
        kibana, "/api/actions/connector", {"name": "n", "connector_type_id": type_id, **body}
    )
    assert status == 200
    is_run = part in ("params", "subaction")
    if not is_run:
        delete(kibana, made["id"])
    wrong = [
        (line, text)
        for line in lines
        if (text := answered(kibana, example, line, made["id"]))
        != line.get("http", line.get("error"))
    ]
    if is_run:
        delete(kibana, made["id"])
    assert wrong == []
