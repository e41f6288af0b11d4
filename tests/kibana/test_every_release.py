"""Every release is asked the same: what all answer alike, and what each answers in its own way.

A row's answers begin with the version that they came in. All rows are asked of one Kibana of each
release, in their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from mockkibana.app import create_app
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.seeds import demo_seed
from mockkibana.settings import Settings
from mockkibana.settings.release import Release, release_of
from mockkibana.world import World
from soak.samples import SAMPLES

VERSIONS = ("8.17.0", "8.19.12", "9.0.0", "9.3.7", "9.4.6", "9.5.4")
INDEX, LOG, JIRA = (
    "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad",
    "7fc7b9a0-ecc9-11ec-8736-e7d63118c907",
    "b3aad810-edbe-11ec-82d1-11348ecbf4a6",
)
API, NEW = "/api/actions/connector", "0f6b3a1c-7a55-4d0e-9d5c-3b7a4b1c2d3e"
HEADERS = {"kbn-xsrf": "true"}
CONFIG = {"index": "audit"}
MINE = {"name": "mine", "connector_type_id": ".index", "config": CONFIG}
FROM_A_PAGE = {"x-elastic-internal-origin": "kibana"}
CLOSED = (
    "uri [/internal/actions/connectors] with method [get] exists but is not available with the "
    "current configuration"
)
GONE = '"message":"Not Found"'
FORBIDDEN_ID = "Predefined IDs are not allowed for saved objects with encrypted attributes"
NO_TEXT = {
    "8.17": "error validating action params: [message]: expected value of type [string] but got",
    "9.3": 'error validating action params: Field \\"message\\": Required',
    "9.4": "error validating action params: ✖ Invalid input: expected string, received",
}
NO_INDEX = {
    "8.17": "error validating action type config: [index]: expected value of type [string]",
    "9.3": 'error validating connector type config: Field \\"index\\": Required',
    "9.4": "error validating connector type config: ✖ Invalid input: expected string",
}
UNKNOWN = {
    "8.17": "[request body.foo]: definition for this key is missing",
    "9.4": "[request body.foo]: Additional properties are not allowed ('foo' was unexpected)",
}
NO_ACTION = {
    "8.17": "types that failed validation:\\n- [0.subAction]: expected value to equal [getFields]",
    "9.3": "Field \\\"subAction\\\": Invalid discriminator value. Expected 'getFields' | ",
    "9.4": "✖ Invalid input\\n  → at subAction",
    "9.5": "✖ Invalid discriminator value. Expected 'getFields' | ",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a text that the answer holds, and one that it does not hold."""

    status: int
    text: str = ""
    absent: str = "\0"


@dataclass(frozen=True, slots=True)
class Row:
    """A request, and what comes of it by the version since when."""

    method: str
    path: str
    answers: Mapping[str, Answer]
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


def always(status: int, text: str = "", absent: str = "\0") -> dict[str, Answer]:
    return {"8.17": Answer(status, text, absent)}


def worded(status: int, texts: Mapping[str, str]) -> dict[str, Answer]:
    return {since: Answer(status, text) for since, text in texts.items()}


def run(id_: str, **params: Any) -> tuple[str, str, Any]:
    return "POST", f"{API}/{id_}/_execute", {"params": params}


def asked(request: tuple[str, str, Any], answers: Mapping[str, Answer]) -> Row:
    method, path, body = request
    return Row(method, path, answers, body)


PUSHED = {"incident": {"summary": "Disk full"}, "beside": 1}
ROWS = (
    # Connectors
    Row("POST", f"{API}/{NEW}", always(200, f'"id":"{NEW}"'), MINE),
    Row("POST", f"{API}/{NEW}", always(409, f"Saved object [action/{NEW}] conflict"), MINE),
    Row(
        "GET",
        f"{API}/{NEW}",
        {
            "8.17": Answer(200, '"is_missing_secrets":false', "is_connector_type_deprecated"),
            "9.3": Answer(200, '"is_system_action":false,"is_connector_type_deprecated":false}'),
        },
    ),
    Row("PUT", f"{API}/{NEW}", always(200, '"name":"other"'), {"name": "other", "config": CONFIG}),
    Row("GET", "/api/actions/connectors", always(200, '"referenced_by_count":0', "auth_mode")),
    Row("DELETE", f"{API}/{NEW}", always(204)),
    Row("GET", f"{API}/{NEW}", always(404, f"Saved object [action/{NEW}] not found")),
    Row("POST", API, worded(400, UNKNOWN), {**MINE, "foo": 1}),
    Row("POST", API, worded(400, NO_INDEX), {**MINE, "config": {}}),
    Row(
        "POST", f"{API}/my-index", {"8.17": Answer(400, FORBIDDEN_ID), "9.4": Answer(200)}, MINE
    ),
    Row(
        "POST",
        f"{API}/My_index",
        {"8.17": Answer(400, FORBIDDEN_ID), "9.4": Answer(400, "Connector ID must contain only")},
        MINE,
    ),
    Row(
        "POST",
        f"{API}/{'x' * 37}",
        {"8.17": Answer(400, FORBIDDEN_ID), "9.4": Answer(400, "maximum length of [36].")},
        MINE,
    ),
    Row(
        "GET",
        f"{API}/my-index/_check_availability",
        {"8.17": Answer(404, GONE), "9.4": Answer(200, '{"connectorIdAvailable":false}')},
    ),
    # Types
    Row(
        "GET",
        "/api/actions/connector_types",
        {
            "8.17": Answer(200, ".crowdstrike", ".xsoar"),
            "8.19": Answer(200, ".xsoar", '"source"'),
            "9.0": Answer(200, ".microsoft_defender_endpoint", ".xsoar"),
            "9.3": Answer(200, '".mcp"', '".github"'),
            "9.4": Answer(200, '".github"', '"description"'),
            "9.5": Answer(200, '"source":"spec","is_deprecated":false,"description":"'),
        },
    ),
    Row(
        "GET",
        "/api/actions/connector_types?feature_id=workflows",
        {"8.17": Answer(200, "[]"), "9.3": Answer(200, '"source":"stack","is_deprecated":false')},
    ),
    # Runs
    asked(
        run(INDEX, documents=[{"a": 1}]),
        {"8.17": Answer(200, '"items":[{"index":{'), "9.0": Answer(200, '"items":[{"create":{')},
    ),
    asked(
        run(INDEX, documents='[{"a":1}]'),
        {
            "8.17": Answer(200, '"status":"ok"'),
            "9.3": Answer(200, "Expected array, received string"),
            "9.4": Answer(200, "expected array, received string"),
        },
    ),
    asked(run(LOG, message="hello"), always(200, '{"status":"ok","connector_id"')),
    asked(run(LOG), worded(200, NO_TEXT)),
    asked(run(JIRA, subAction="issueTypes", subActionParams={}), always(200, '"name":"Task"')),
    asked(
        run(JIRA, subAction="issueTypes"),
        {
            "8.17": Answer(200, '"status":"ok"'),
            "9.3": Answer(200, 'Field \\"subActionParams\\": Required'),
            "9.4": Answer(200, "→ at subActionParams"),
        },
    ),
    asked(
        run(JIRA, subAction="pushToService", subActionParams=PUSHED),
        {
            "8.17": Answer(200, "definition for this key is missing"),
            "9.3": Answer(200, '"status":"ok"'),
        },
    ),
    asked(run(JIRA, subAction="nope"), worded(200, NO_ACTION)),
    # Routes that came and went
    *(
        Row("GET", path, {"8.17": Answer(200), "9.0": Answer(404, GONE)})
        for path in ("/api/actions", "/api/actions/list_action_types", f"/api/actions/action/{LOG}")
    ),
    Row("POST", "/api/actions/action", {"8.17": Answer(400), "9.0": Answer(404, GONE)}, {}),
    Row(
        "GET", "/internal/actions/connectors", {"8.17": Answer(200), "9.0": Answer(400, CLOSED)}
    ),
    Row("GET", "/internal/actions/connectors?elasticInternalOrigin=true", always(200)),
    Row("GET", "/internal/actions/connectors", always(200, ".cases"), headers=FROM_A_PAGE),
    Row(
        "GET",
        "/internal/actions/connector_types",
        {"8.17": Answer(200, absent=".workflows"), "9.3": Answer(200, ".workflows")},
        headers=FROM_A_PAGE,
    ),
    Row(
        "GET",
        f"{API}/_oauth_callback",
        {"8.17": Answer(404, "Saved object [action/_oauth_callback]"), "9.4": Answer(200, "<html")},
    ),
    Row(
        "GET",
        f"{API}/_oauth_callback_script",
        {"8.17": Answer(404, "Saved object"), "9.4": Answer(200, "oauth_flow_completed")},
    ),
    # Spaces, status, features, headers
    Row(
        "POST",
        "/api/spaces/space",
        {"8.17": Answer(400, "solution.0]: expected value to equal [security]"),
         "9.0": Answer(400, "solution.0]: expected value to equal [es]")},
        {"id": "a", "name": "A", "solution": "x"},
    ),
    Row("POST", "/api/spaces/space", always(200, '"id":"a"'), {"id": "a", "name": "A"}),
    Row("GET", f"/s/a{API}/{LOG}", always(404)),
    Row("GET", "/api/spaces/space", always(400, "No version \\\"2024-01-01\\\" available for"),
        headers={"elastic-api-version": "2024-01-01"}),
    Row("GET", "/api/actions/connectors", always(200),
        headers={"elastic-api-version": "2024-01-01"}),
    Row("GET", "/api/status", always(200, '"level":"available"')),
    Row("GET", "/api/features", {
        "8.17": Answer(200, "actions:execute-advanced-connectors", "execute-oauth"),
        "8.18": Answer(200, "endpoint_security_execute", "execute-oauth"),
        "9.4": Answer(200, "actions:execute-oauth"),
    }),
    Row("GET", "/api/actions/connectors", always(400, "Browser client is out of date"),
        headers={"kbn-version": "7.0.0"}),
)  # fmt: skip


@pytest.fixture(params=VERSIONS)
def release(request: pytest.FixtureRequest) -> Release:
    return release_of(request.param)


def test_a_release_answers_as_the_table_says(release: Release) -> None:
    world = World(Settings(kibana_version=release.version), seeds=[demo_seed()])
    client = create_app(world).test_client()
    wrong = []
    for row in ROWS:
        body = {} if row.body is None else {"json": row.body}
        headers = {**HEADERS, **row.headers}
        answer = client.open(row.path, method=row.method, headers=headers, **body)
        wanted = release.value(row.answers)
        is_so = wanted.text in answer.text and wanted.absent not in answer.text
        if answer.status_code != wanted.status or not is_so:
            wrong.append((row.method, row.path, wanted, answer.status_code, answer.text[:400]))
    assert wrong == []
    assert world.bugs == []
    world.close()


def test_every_type_of_a_release_runs_its_example(release: Release) -> None:
    world = World(Settings(kibana_version=release.version))
    client = create_app(world).test_client()
    wrong = []
    for connector_type in ConnectorTypes().all():
        if world.connector_types.registered(connector_type.id, release) is None:
            continue
        config, secrets = SAMPLES[connector_type.id]
        body = {"name": "n", "connector_type_id": connector_type.id}
        made = client.post(
            API, json={**body, "config": config, "secrets": secrets}, headers=HEADERS
        )
        path = f"{API}/{(made.json or {}).get('id')}/_execute"
        ran = client.post(path, json={"params": connector_type.example}, headers=HEADERS)
        if (ran.json or {}).get("status") != "ok":
            wrong.append((connector_type.id, made.text[:300], ran.text[:300]))
    assert wrong == []
    assert world.bugs == []
    world.close()
