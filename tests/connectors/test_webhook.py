"""The webhook connector: what it sends, what it takes for a failure, and who may not be asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockkibana import MockKibana
from mockkibana.settings import Settings

URL = "https://hooks.example.com/alerts?team=ops"
BODY = '{"text": "disk full"}'
CONFIG = "error validating connector type config: error validation webhook action config: "


@pytest.fixture
def hook(create) -> Any:
    """Create a webhook and return its id."""

    def hook(secrets: Any = None, **config: Any) -> str:
        return create(".webhook", {"url": URL, **config}, secrets=secrets or {})["id"]

    return hook


def sent(world: Any) -> Any:
    [delivery] = world.outbox.list(connector_type_id=".webhook")
    return delivery["request"]


@pytest.mark.kibana_version("8.19.0")
def test_the_documented_defaults_are_filled_in(create):
    made = create(".webhook", {"url": URL}, secrets={"user": "ann", "password": "p"})
    assert made["config"] == {"url": URL, "method": "post", "headers": None, "hasAuth": True}
    assert made["is_missing_secrets"] is False


def test_the_body_is_sent_as_it_is_and_comes_back(world, hook, execute):
    id_ = hook(headers={"X-Team": "ops"})
    assert execute(id_, {"body": BODY}).json == {
        "status": "ok",
        "data": BODY,
        "connector_id": id_,
    }
    assert sent(world) == {
        "method": "POST",
        "url": URL,
        "headers": {
            "Accept": "application/json, text/plain, */*",
            "User-Agent": "axios/1.12.1",
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Team": "ops",
        },
        "body": BODY,
    }


@pytest.mark.parametrize(
    ("params", "answer"),
    [({}, {"status": "ok"}), ({"body": ""}, {"status": "ok", "data": ""})],
    ids=["absent", "empty"],
)
def test_without_a_body_none_is_sent(world, hook, execute, params, answer):
    id_ = hook(method="put")
    assert execute(id_, params).json == {**answer, "connector_id": id_}
    assert (sent(world)["method"], sent(world)["body"]) == ("PUT", None)


@pytest.mark.parametrize(
    ("config", "is_sent"),
    [
        ({}, True),
        ({"authType": None}, True),
        ({"authType": "webhook-authentication-basic"}, True),
        ({"authType": "webhook-authentication-ssl"}, False),
        ({"hasAuth": False}, False),
    ],
    ids=str,
)
def test_credentials_are_sent_where_the_authentication_is_basic(
    world, hook, execute, config, is_sent
):
    secrets = {"user": "ann-of-ops", "password": "secret-of-ann"}
    execute(hook(secrets, headers={"authorization": "own"}, **config), {"body": BODY})
    headers = sent(world)["headers"]
    if is_sent:
        assert headers["Authorization"] == "Basic [redacted]"
        assert "authorization" not in headers
    else:
        assert headers["authorization"] == "[redacted]"
        assert "Authorization" not in headers


FAILURES: list[tuple[Any, str, str, Any]] = [
    ({"status": 500}, "retry later", "[500] Internal Server Error", True),
    (
        {"status": 503, "body": {"message": "busy"}},
        "retry later",
        "[503] Service Unavailable: busy",
        True,
    ),
    ({"status": 429}, "retry later", "[429] Too Many Requests", True),
    (
        {"status": 429, "retry_after": 80},
        "retry at 2026-01-02T03:05:25.000Z",
        "[429] Too Many Requests",
        "2026-01-02T03:05:25.000Z",
    ),
    (
        {"status": 429, "headers": {"retry-after": "Fri, 02 Jan 2026 03:05:00 GMT"}},
        "retry later",
        "[429] Too Many Requests",
        True,
    ),
    ({"status": 404, "body": "nobody"}, "invalid response", "[404] Not Found", None),
    (
        {"status": 400, "body": {"message": 5}},
        "invalid response",
        "[400] Bad Request: 5",
        None,
    ),
    (
        {"wire": "refused"},
        "request failed",
        "[ECONNREFUSED] connect ECONNREFUSED hooks.example.com:443",
        None,
    ),
    ({"wire": "reset"}, "request failed", "[ECONNRESET] read ECONNRESET", None),
    ({"timeout": True}, "request failed", "[ECONNABORTED] timeout of 60000ms exceeded", None),
]


@pytest.mark.parametrize(
    ("what", "message", "service_message", "retry"), FAILURES, ids=[str(row[0]) for row in FAILURES]
)
def test_a_failure_is_told_as_kibana_tells_it(
    world, hook, execute, what, message, service_message, retry
):
    world.clock.freeze("2026-01-02T03:04:05Z")
    world.faults.add({"match": {"backend": "webhook"}, "what": what})
    id_ = hook()
    assert execute(id_, {"body": BODY}).json == {
        "status": "error",
        "message": f"error calling webhook, {message}",
        "service_message": service_message,
        "errorSource": "user",
        "connector_id": id_,
        **({} if retry is None else {"retry": retry}),
    }
    assert f"error on {id_} webhook event: {service_message}" in [
        line.message for line in world.log.lines
    ]


def test_nobody_listens(world, hook, execute):
    world.faults.add({"fault": "webhook-down"})
    assert "ECONNREFUSED" in execute(hook(), {"body": BODY}).json["service_message"]
    assert world.outbox.list() == []


def test_a_protocol_that_axios_does_not_know_fails_the_run(hook, execute):
    answer = execute(hook(url="ftp://hooks.example.com"), {}).json
    assert answer["service_message"] == "[ERR_BAD_REQUEST] Unsupported protocol ftp:"


@pytest.mark.parametrize(
    ("config", "later", "text"),
    [
        (
            {},
            Settings(allowed_hosts=("other.example.com",)),
            (f'target url "{URL}" is not added to the Kibana config xpack.actions.allowedHosts'),
        ),
        (
            {"hasAuth": False, "authType": "webhook-authentication-basic"},
            Settings(),
            "authType must be null or undefined if hasAuth is false",
        ),
        (
            {"certType": "ssl-pfx"},
            Settings(webhook_ssl_pfx_enabled=False),
            'certType "ssl-pfx" is disabled',
        ),
    ],
    ids=["host", "authType", "pfx"],
)
def test_a_config_is_refused_at_the_creation_and_at_a_run(
    world, post, hook, execute, config, later, text
):
    if config.get("hasAuth", True):
        id_ = hook(**config)
        world.settings = later
        answer = execute(id_, {"body": BODY}).json
        assert (answer["message"], answer["errorSource"]) == (CONFIG + text, "framework")
    world.settings = later
    refused = post(".webhook", {"url": URL, **config})
    assert (refused.status_code, refused.json["message"]) == (400, CONFIG + text)


OAUTH = {
    "authType": "webhook-oauth2-client-credentials",
    "accessTokenUrl": "https://login.example.com/token",
    "clientId": "client",
    "scope": "all of it",
    "additionalFields": '{"audience": "hooks", "level": 2}',
}
SECRET = {"clientSecret": "secret-of-client"}


@pytest.mark.kibana_version("9.2.0", "9.5.0")
def test_a_token_is_asked_for_once_and_again_when_it_is_refused(
    kibana_version, world, create, execute
):
    config = {"url": URL, "headers": {"a": "b"}, **OAUTH}
    id_ = create(".webhook", config, secrets=SECRET)["id"]
    for _ in range(2):
        assert execute(id_, {"body": BODY}).json["data"] == BODY
    asked, *sent = [delivery["request"] for delivery in world.outbox.list()]
    assert asked["url"] == OAUTH["accessTokenUrl"]
    assert asked["body"] == (
        "audience=hooks&client_id=client&client_secret=[redacted]&grant_type=client_credentials"
        "&level=2&scope=all%20of%20it"
    )
    assert [request["url"] for request in sent] == [URL] * 2
    assert sent[0]["headers"]["Authorization"] == "[redacted]"
    assert sent[0]["headers"]["a"] == "b"
    world.faults.add({"match": {"backend": "webhook", "path": "/alerts"}, "what": {"status": 401}})
    execute(id_, {"body": BODY})
    execute(id_, {"body": BODY})
    urls = [delivery["request"]["url"] for delivery in world.outbox.list()]
    assert urls[3:] == [URL, OAUTH["accessTokenUrl"], URL]


@pytest.mark.kibana_version("9.5.0")
@pytest.mark.parametrize(
    ("secrets", "what", "text"),
    [
        ({}, {}, "Unable to retrieve new access token"),
        (
            SECRET,
            {"status": 400, "body": {"error": "invalid_client"}},
            'Unable to retrieve/refresh the access token: {"error":"invalid_client"}',
        ),
        (
            SECRET,
            {"wire": "refused"},
            (
                "Unable to retrieve/refresh the access token: "
                "connect ECONNREFUSED login.example.com:443"
            ),
        ),
    ],
    ids=["secret", "grant", "wire"],
)
def test_a_run_without_a_token_fails(kibana_version, world, create, execute, secrets, what, text):
    id_ = create(".webhook", {"url": URL, **OAUTH}, secrets=secrets)["id"]
    if what:
        world.faults.add({"match": {"backend": "webhook"}, "what": what})
    answer = execute(id_, {"body": BODY}).json
    assert answer["message"] == "error calling webhook, request failed"
    assert answer["service_message"] == text


@pytest.mark.kibana_version("9.2.0", "9.5.0")
def test_secret_headers_go_with_the_others(kibana_version, world, create, execute):
    secrets = {"secretHeaders": {"x-key": "hidden-from-all"}}
    id_ = create(".webhook", {"url": URL, "headers": {"x-key": "old", "a": "b"}}, secrets=secrets)[
        "id"
    ]
    execute(id_, {"body": BODY})
    [delivery] = world.outbox.list()
    headers = delivery["request"]["headers"]
    assert (headers["x-key"], headers["a"]) == ("[redacted]", "b")
    assert "hidden-from-all" not in str(delivery)


@pytest.mark.kibana_version("9.3.0", "9.5.0")
@pytest.mark.parametrize("method", ["get", "delete", "patch"])
def test_some_methods_have_no_body(kibana_version, world, create, execute, method):
    id_ = create(".webhook", {"url": URL, "method": method})["id"]
    assert execute(id_, {"body": BODY}).json["data"] == BODY
    [delivery] = world.outbox.list()
    assert delivery["request"]["method"] == method.upper()
    assert delivery["request"]["body"] == (BODY if method == "patch" else None)


@pytest.mark.kibana_version("9.3.2", "9.3.3")
def test_later_the_url_of_a_token_is_checked(kibana_version, world, post):
    world.settings = replace(
        world.settings, kibana_version=kibana_version, allowed_hosts=("hooks.example.com",)
    )
    answer = post(".webhook", {"url": URL, **OAUTH}, secrets=SECRET)
    checked = kibana_version == "9.3.3"
    assert (answer.status_code == 400) == checked
    assert ("login.example.com" in answer.json.get("message", "")) == checked


def test_it_needs_a_gold_licence(world, hook, execute):
    id_ = hook()
    world.settings = replace(world.settings, license="basic")
    assert execute(id_, {"body": BODY}, status=403).json["message"] == (
        "Action type .webhook is disabled because your basic license does not support it. "
        "Please upgrade your license."
    )


def test_a_handle_sees_what_a_webhook_delivered():
    with MockKibana() as kibana:
        made = kibana.connectors.create(".webhook", config={"url": URL})
        kibana.connectors.run(made["id"], {"body": BODY})
        [delivery] = kibana.outbox.deliveries(".webhook")
        assert delivery["request"]["body"] == BODY
        [made_] = kibana.journal.calls(connector=made["id"])[0]["runs"][0]["made"]
        assert (made_["kind"], made_["place"]) == ("delivery", "webhook")
