"""The internal routes about connectors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mockkibana.connectors.email_services import well_known_service

pytestmark = pytest.mark.kibana_version("8.19.0")

CONNECTORS = "/internal/actions/connectors"
TYPES = "/internal/actions/connector_types"
EMAIL = "/internal/actions/connector/_email_config"
TOKEN = "/internal/actions/connector/_oauth_access_token"
SYSTEM = [
    {
        "id": "system-connector-.cases",
        "name": "Cases",
        "connector_type_id": ".cases",
        "is_preconfigured": False,
        "is_deprecated": False,
        "is_system_action": True,
        "referenced_by_count": 0,
    },
    {
        "id": "system-connector-.observability-ai-assistant",
        "name": "Observability AI Assistant",
        "connector_type_id": ".observability-ai-assistant",
        "is_preconfigured": False,
        "is_deprecated": False,
        "is_system_action": True,
        "referenced_by_count": 0,
    },
]


@pytest.mark.parametrize("space", ["", "/s/any"])
def test_system_actions_are_listed_in_every_space(client, space):
    assert client.get(f"{space}{CONNECTORS}").json == SYSTEM
    assert client.get(f"{space}/api/actions/connectors").json == []
    assert client.get(f"{space}/api/actions").json == []


def test_all_connectors_are_sorted_together(client, create, world, seed):
    world.seed(seed(preconfigured=[{"id": "p", "connector_type_id": ".index", "name": "Design"}]))
    create(name="alpha")
    create(name="zeta")
    names = [connector["name"] for connector in client.get(CONNECTORS).json]
    assert names == ["alpha", "Cases", "Design", "Observability AI Assistant", "zeta"]
    public = client.get("/api/actions/connectors").json
    assert [row for row in client.get(CONNECTORS).json if not row["is_system_action"]] == public


def test_system_types_are_listed_last(client):
    public = client.get("/api/actions/connector_types").json
    assert client.get(TYPES).json == [
        *public,
        {
            "id": ".cases",
            "name": "Cases",
            "enabled": True,
            "enabled_in_config": True,
            "enabled_in_license": True,
            "minimum_license_required": "platinum",
            "supported_feature_ids": ["uptime", "alerting", "siem"],
            "is_system_action_type": True,
        },
        {
            "id": ".observability-ai-assistant",
            "name": "Observability AI Assistant",
            "enabled": True,
            "enabled_in_config": True,
            "enabled_in_license": True,
            "minimum_license_required": "enterprise",
            "supported_feature_ids": ["alerting"],
            "is_system_action_type": True,
        },
    ]
    assert not any(kind["is_system_action_type"] for kind in public)


def test_types_are_filtered_by_feature(client):
    system = [
        kind["id"]
        for kind in client.get(f"{TYPES}?feature_id=uptime").json
        if kind["is_system_action_type"]
    ]
    assert system == [".cases"]
    answer = client.get(f"{TYPES}?foo=1")
    assert (answer.status_code, answer.json["message"]) == (
        400,
        "[request query.foo]: definition for this key is missing",
    )


def test_a_system_type_that_is_not_enabled_is_listed_so(client, world):
    world.settings = replace(world.settings, enabled_action_types=(".cases",))
    enabled = {kind["id"]: kind["enabled_in_config"] for kind in client.get(TYPES).json}
    assert (enabled[".cases"], enabled[".observability-ai-assistant"]) == (True, False)


@pytest.mark.parametrize("path", [CONNECTORS, TYPES, f"{TYPES}?foo=1", f"{EMAIL}/gmail"])
def test_an_internal_route_has_no_api_version_and_no_deprecation(client, path):
    headers = client.get(path).headers
    assert "elastic-api-version" not in headers
    assert "warning" not in headers
    assert headers["kbn-name"] == "kibana"


@pytest.mark.parametrize("path", [CONNECTORS, TYPES, "/api/actions/connector_types"])
def test_a_page_of_kibana_may_say_that_it_is_one(client, path):
    assert client.get(f"{path}?elasticInternalOrigin=true").json == client.get(path).json


@pytest.mark.parametrize("headers", [{}, {"x-elastic-internal-origin": "Kibana"}])
def test_anybody_may_ask(client, headers):
    assert client.get(CONNECTORS, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CONNECTORS),
        ("GET", "/internal/actions/connector"),
        ("GET", "/internal/nope"),
        ("GET", TOKEN),
        ("GET", f"{EMAIL}/a/b"),
        ("DELETE", f"{EMAIL}/gmail"),
    ],
)
def test_there_are_no_other_routes(client, xsrf, envelope, method, path):
    answer = client.open(path, method=method, headers=xsrf)
    assert (answer.status_code, answer.json) == (404, envelope(404, "Not Found"))


# Mail services

GMAIL = {"host": "smtp.gmail.com", "port": 465, "secure": True}


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("gmail", GMAIL),
        ("Google%20Mail", GMAIL),
        ("GOOGLEMAIL.COM", GMAIL),
        ("someone@gmail.com", GMAIL),
        ("Outlook365", {"host": "smtp.office365.com", "port": 587, "secure": False}),
        ("hotmail", {"host": "smtp-mail.outlook.com", "port": 587}),
        ("hot.ee", {"host": "mail.hot.ee"}),
        ("maildev", {"port": 1025}),
        ("ses-eu-west-1", {"host": "email-smtp.eu-west-1.amazonaws.com", "port": 465,
                           "secure": True}),
        ("elastic_cloud", {"host": "dockerhost", "port": 10025, "secure": False}),
        ("other", {}),
        ("%20", {}),
        ("elasticcloud", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("base", [EMAIL, "/internal/stack_connectors/_email_config"])
def test_a_well_known_mail_service_is_looked_up(client, base, service, expected):
    answer = client.get(f"{base}/{service}")
    assert (answer.status_code, answer.json) == (200, expected)


def test_no_two_mail_services_share_a_name():
    from importlib.resources import files
    from json import loads

    text = files("mockkibana.fixtures").joinpath("email_services.json").read_text("utf-8")
    for row in loads(text):
        facts = {key: row[key] for key in ("host", "port", "secure") if key in row}
        for name in (row["name"], *row.get("aliases", ())):
            assert well_known_service(name) == facts


# Access tokens

JWT = {
    "type": "jwt",
    "options": {
        "tokenUrl": "https://servicenow.example.com/oauth_token.do",
        "config": {"clientId": "c", "jwtKeyId": "j", "userIdentifierValue": "u"},
        "secrets": {"clientSecret": "s", "privateKey": "p"},
    },
}
CLIENT = {
    "type": "client",
    "options": {
        "tokenUrl": "http://login.example.com/1/oauth2/v2.0/token",
        "scope": "https://graph.example.com/.default",
        "config": {"clientId": "c", "tenantId": "t"},
        "secrets": {"clientSecret": "s"},
    },
}


def with_url(url: str) -> dict[str, object]:
    return {**JWT, "options": {**JWT["options"], "tokenUrl": url}}


def without(body: dict, *path: str) -> dict:
    key, *rest = path
    if not rest:
        return {name: value for name, value in body.items() if name != key}
    return {**body, key: without(body[key], *rest)}


STRING = "expected value of type [string] but got [undefined]"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (JWT, "Failed to retrieve access token"),
        (CLIENT, "Failed to retrieve access token"),
        (with_url("ftp://a.example.com/x"), "Token URL must use http or https"),
        (with_url("/path/to/file"), "Token URL must contain hostname"),
        (
            with_url("http://["),
            'target url "http://[" is not added to the Kibana config xpack.actions.allowedHosts',
        ),
        (
            {**JWT, "type": "other"},
            (
                "[request body.type]: types that failed validation:\n"
                "- [request body.type.0]: expected value to equal [jwt]\n"
                "- [request body.type.1]: expected value to equal [client]"
            ),
        ),
        (without(JWT, "options", "tokenUrl"), f"[request body.options.tokenUrl]: {STRING}"),
        (without(JWT, "options"), f"[request body.options.tokenUrl]: {STRING}"),
        (
            without(JWT, "options", "config", "jwtKeyId"),
            f"[request body.options.config.jwtKeyId]: {STRING}",
        ),
        (without(CLIENT, "options", "scope"), f"[request body.options.scope]: {STRING}"),
        (
            {**CLIENT, "options": JWT["options"]},
            f"[request body.options.scope]: {STRING}",
        ),
        (
            {**JWT, "options": {**JWT["options"], "scope": "s"}},
            "[request body.options.scope]: definition for this key is missing",
        ),
    ],
)
def test_an_access_token_is_checked_and_never_given(client, xsrf, envelope, body, message):
    answer = client.post(TOKEN, json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))


def test_a_token_url_has_to_be_of_an_allowed_host(client, world, xsrf, envelope):
    world.settings = replace(world.settings, allowed_hosts=("login.example.com",))
    url = JWT["options"]["tokenUrl"]
    message = f'target url "{url}" is not added to the Kibana config xpack.actions.allowedHosts'
    answer = client.post(TOKEN, json=JWT, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    answer = client.post(TOKEN, json=CLIENT, headers=xsrf)
    assert answer.json["message"] == "Failed to retrieve access token"


def test_a_token_needs_kbn_xsrf(client):
    answer = client.post(TOKEN, json=JWT)
    assert answer.json["message"] == "Request must contain a kbn-xsrf header."
