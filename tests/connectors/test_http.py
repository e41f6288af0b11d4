"""The HTTP connector: any request below its URL, and the answer as it came."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

URL = "https://api.example.com/v1/"
TOKENS = {"accessTokenUrl": "https://login.example.com/token", "clientId": "me"}
OAUTH = {"authType": "webhook-oauth2-client-credentials", **TOKENS}


@pytest.fixture
def caller(create) -> Any:
    def caller(secrets: Any = None, **config: Any) -> str:
        return create(".http", {"url": URL, **config}, secrets=secrets or {})["id"]

    return caller


@pytest.mark.kibana_version("9.3.0", "9.5.4")
def test_what_is_left_out_has_its_default(create, kibana_version):
    shown = {"url": URL, "headers": None, "hasAuth": True}
    if kibana_version != "9.3.0":
        shown["authType"] = "webhook-authentication-basic"
    assert create(".http", {"url": URL})["config"] == shown


@pytest.mark.kibana_version("9.3.0", "9.5.4")
def test_the_answer_comes_back_whole(world, caller, execute):
    world.faults.add(
        {
            "match": {"backend": "http"},
            "what": {"status": 201, "body": {"id": 7}, "headers": {"x-request-id": "r1"}},
        }
    )
    params = {
        "method": "POST",
        "path": "items",
        "query": {"a b": "c&d", "~": "*"},
        "headers": {"X-Trace": "t"},
        "body": '{"n": 1}',
    }
    secrets = {"user": "ann", "password": "p", "secretHeaders": {"X-Key": "hidden-from-all"}}
    data = execute(caller(secrets, headers={"X-Team": "ops"}), params).json["data"]
    assert (data["status"], data["statusText"], data["data"]) == (201, "Created", {"id": 7})
    assert data["headers"]["x-request-id"] == "r1"
    [sent] = [each["request"] for each in world.outbox.list()]
    assert (sent["method"], sent["body"]) == ("POST", '{"n": 1}')
    assert sent["url"] == "https://api.example.com/v1/items?a+b=c%26d&%7E=*"
    assert (sent["headers"]["X-Team"], sent["headers"]["X-Trace"]) == ("ops", "t")
    assert "hidden-from-all" not in str(world.outbox.list())


def test_an_answer_without_a_body_is_an_empty_text(caller, execute):
    assert execute(caller(), {}).json["data"] == {
        "status": 200,
        "statusText": "OK",
        "headers": {},
        "data": "",
    }


def test_an_authorization_of_the_run_goes_before_that_of_the_connector(world, caller, execute):
    id_ = caller({"user": "ann", "password": "p"})
    execute(id_, {})
    execute(id_, {"headers": {"Authorization": "Bearer mine"}})
    logins = [each["request"]["headers"]["Authorization"] for each in world.outbox.list()]
    assert len(logins) == 2
    assert "Bearer mine" not in str(logins)


@pytest.mark.kibana_version("9.5.4")
def test_secret_parameters_come_into_the_query(world, caller, execute):
    execute(caller({"secretQueryParams": {"key": "hidden-from-all"}}), {"query": {"a": "1"}})
    [sent] = world.outbox.list()
    assert sent["request"]["url"] == "https://api.example.com/v1?a=1&key=[redacted]"


def test_a_token_is_asked_for_first(world, caller, execute):
    answer = execute(caller({"clientSecret": "planted"}, **OAUTH), {"path": "/items"}).json
    assert answer["status"] == "ok"
    urls = [each["request"]["url"] for each in world.outbox.list()]
    assert urls == [TOKENS["accessTokenUrl"], "https://api.example.com/v1/items"]


@pytest.mark.parametrize(
    ("what", "told", "text", "retry"),
    [
        ({"status": 500}, "retry later", "[500] Internal Server Error", True),
        (
            {"status": 404, "body": {"message": "no"}},
            "invalid response",
            "[404] Not Found: no",
            None,
        ),
        ({"wire": "refused"}, "request failed", "[ECONNREFUSED] connect ECONNREFUSED", None),
    ],
)
def test_a_failure_is_told(world, caller, execute, what, told, text, retry):
    world.faults.add({"match": {"backend": "http"}, "what": what})
    answer = execute(caller(), {}).json
    assert (answer["status"], answer["message"]) == ("error", f"error calling http, {told}")
    assert answer["service_message"].startswith(text)
    assert answer.get("retry") is retry


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"url": "nope"}, "✖ Invalid URL\n  → at url"),
        (
            {"authType": "webhook-authentication-ssl", "hasAuth": False},
            (
                "error validation http action config: authType must be null or undefined if "
                "hasAuth is false"
            ),
        ),
        (
            {"additionalFields": "[]"},
            "error validation http action config: additionalFields must be a valid JSON object",
        ),
        (
            {"authType": OAUTH["authType"]},
            (
                "error validation http action config: missing Access Token URL (accessTokenUrl), "
                "Client ID (clientId) fields"
            ),
        ),
        (
            {"url": "https://other.example.org"},
            (
                'error validation http action config: target url "https://other.example.org" is '
                "not added to the Kibana config xpack.actions.allowedHosts"
            ),
        ),
    ],
    ids=["url", "auth type", "fields", "oauth", "host"],
)
def test_a_config_is_refused(world, post, config, text):
    world.settings = replace(world.settings, allowed_hosts=("api.example.com",))
    answer = post(".http", {"url": URL, **config})
    assert answer.status_code == 400
    assert answer.json["message"] == f"error validating connector type config: {text}"


@pytest.mark.parametrize(
    ("version", "texts"),
    [
        ("9.3.0", ["Invalid url", "Number must be greater than 0"]),
        ("9.5.4", ["Invalid URL", "Too small: expected number to be >0"]),
    ],
)
def test_params_are_refused_in_the_words_of_the_version(world, caller, execute, version, texts):
    world.settings = replace(world.settings, kibana_version=version)
    told = execute(caller(), {"url": "nope", "timeout": 0, "method": "get"}).json["message"]
    assert told.startswith("error validating action params: ")
    assert all(text in told for text in texts)


@pytest.mark.kibana_version("9.2.9")
def test_before_9_3_there_is_no_such_type(post):
    message = 'Action type ".http" is not registered.'
    assert post(".http", {"url": URL}).json["message"] == message
