"""Kibana's sub-action framework: what a run may name, what it sends, and how it fails."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockkibana.connectors.sub_action_framework import Service, SubActionConnector
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import Any as Anything
from mockkibana.validation import Boolean, Maybe, Nullable, Object, RecordOf, Schema, String
from mockkibana.world import World


class Echo(Party):
    name = "echo"

    def receive(self, message: Outbound, box: Box) -> Answer:
        return Answer(200, {"echo": message.body}, {"content-type": "application/json"})


class Config(Schema):
    url = String()


class Ask(Schema):
    method = String()
    path = Maybe(String())
    data = Maybe(Anything())
    query = Maybe(RecordOf(Anything()))
    headers = Maybe(RecordOf(Nullable(String())))


class Strict(Schema):
    refid = String()


def ask(service: Service, params: Json) -> Json:
    return service.request(
        params["method"],
        service.config["url"] + params.get("path", ""),
        params.get("data"),
        headers=params.get("headers"),
        query=params.get("query"),
    )


class Loose(Schema):
    unknowns = "ignore"
    flag = Boolean(load_default=False)


class Echoing(SubActionConnector):
    id = "my.echo"
    name = "My echo"
    config = Config()
    party = Echo()
    sub_actions = {  # noqa: RUF012
        "ask": (Ask(), ask),
        "loaded": (Maybe(Object(Loose())), lambda service, params: {"loaded": params}),
        "nothing": (Schema(), lambda service, params: None),
        "strict": (
            Object({}),
            lambda service, _: service.request("POST", service.config["url"], response=Strict()),
        ),
    }

    def error_text(self, error: AxiosError) -> str:
        return f"sorry: {error.message}"


@pytest.fixture
def world(settings: Settings) -> Any:
    world = World(settings, connector_types=[Echoing])
    yield world
    assert world.bugs == []
    world.close()


@pytest.fixture
def echo(create: Any) -> Any:
    return lambda url="https://echo.example.com/a": create("my.echo", {"url": url})["id"]


def named(sub_action: str, **params: Any) -> Any:
    return {"subAction": sub_action, "subActionParams": params}


@pytest.mark.kibana_version("8.19.0")
def test_a_method_that_returns_nothing_is_answered_with_an_empty_object(echo, execute):
    id_ = echo()
    assert execute(id_, {"subAction": "nothing"}).json == {
        "status": "ok",
        "data": {},
        "connector_id": id_,
    }


def thrown(id_: str, text: str, source: str = "framework") -> Any:
    return {
        "status": "error",
        "message": "an error occurred while running the action",
        "service_message": text,
        "retry": True,
        "errorSource": source,
        "connector_id": id_,
    }


def test_an_unknown_sub_action_is_named_with_the_connector(echo, execute):
    id_ = echo()
    assert execute(id_, named("dance")).json == thrown(
        id_,
        f'Sub action "dance" is not registered. Connector id: {id_}. Connector name: My echo. '
        "Connector type: my.echo",
    )


@pytest.mark.kibana_version("8.19.0")
def test_params_that_do_not_fit_are_the_users_fault(echo, execute):
    id_ = echo()
    text = "[method]: expected value of type [string] but got [undefined]"
    assert execute(id_, named("ask")).json == thrown(
        id_, f"Request validation failed (Error: {text})", "user"
    )


_REQUIRED_IN_9_3 = """[
  {
    "code": "invalid_type",
    "expected": "string",
    "received": "undefined",
    "path": [
      "method"
    ],
    "message": "Required"
  }
]"""
_REQUIRED_IN_9_4 = """[
  {
    "expected": "string",
    "code": "invalid_type",
    "path": [
      "method"
    ],
    "message": "Invalid input: expected string, received undefined"
  }
]"""


@pytest.mark.kibana_version("9.3.0", "9.4.0")
def test_later_the_issues_of_such_params_are_told_as_json(kibana_version, echo, execute):
    id_ = echo()
    issues = _REQUIRED_IN_9_3 if kibana_version == "9.3.0" else _REQUIRED_IN_9_4
    text = f"Request validation failed ({issues})"
    assert execute(id_, named("ask")).json == thrown(id_, text, "user")


@pytest.mark.kibana_version("9.2.0", "9.3.0")
def test_later_a_sub_action_gets_its_params_as_the_schema_makes_them(kibana_version, echo, execute):
    later = kibana_version == "9.3.0"
    answers = [execute(echo(), named("loaded", **params)).json for params in ({}, {"b": 1})]
    loaded = {"flag": False} if later else {}
    assert [answer["data"]["loaded"] for answer in answers] == [loaded, loaded]


@pytest.mark.kibana_version("9.3.0")
def test_later_params_may_be_absent_and_null_and_keys_beside_them_are_dropped(
    kibana_version, echo, execute
):
    id_ = echo()
    assert execute(id_, {"subAction": "loaded", "more": 1}).json["data"] == {"loaded": {}}
    null = execute(id_, {"subAction": "nothing", "subActionParams": None}).json
    assert "Expected object, received null" in null["service_message"]


@pytest.mark.kibana_version("8.19.0")
def test_an_answer_that_does_not_fit_is_thrown(echo, execute):
    id_ = echo()
    text = "[refid]: expected value of type [string] but got [undefined]"
    assert execute(id_, named("strict")).json == thrown(
        id_, f"Response validation failed (Error: {text})"
    )


@pytest.mark.parametrize(
    ("params", "url", "body"),
    [
        ({}, "https://echo.example.com/a", {}),
        ({"data": []}, "https://echo.example.com/a", {}),
        ({"data": {"b": 1}}, "https://echo.example.com/a", {"b": 1}),
        ({"data": ' {"b": 1} '}, "https://echo.example.com/a", '{"b": 1}'),
        ({"data": "b"}, "https://echo.example.com/a", '"b"'),
        ({"path": "//b///c/"}, "https://echo.example.com/a/b/c", {}),
        (
            {"query": {"$top": 5, "ids": ["a b", "c&d"], "none": None, "yes": True}},
            "https://echo.example.com/a?$top=5&ids[]=a+b&ids[]=c%26d&yes=true",
            {},
        ),
    ],
    ids=["nothing", "empty", "object", "JSON", "text", "slashes", "query"],
)
def test_a_request_is_sent_as_kibanas_client_does(world, echo, execute, params, url, body):
    execute(echo(), named("ask", method="POST", headers={"X-A": "a", "X-B": None}, **params))
    [delivery] = world.outbox.list()
    assert (delivery["request"]["url"], delivery["request"]["body"]) == (url, body)
    headers = delivery["request"]["headers"]
    assert (headers["Content-Type"], headers["X-A"]) == ("application/json", "a")
    assert "X-B" not in headers


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ({"status": 404}, "Status code: 404. Message: sorry: Request failed with status code 404"),
        (
            {"wire": "refused"},
            "Status code: undefined. Message: sorry: connect ECONNREFUSED echo.example.com:443",
        ),
    ],
    ids=["status", "wire"],
)
@pytest.mark.kibana_version("8.19.0")
def test_a_failed_request_is_thrown_in_the_types_words(world, echo, execute, what, text):
    world.faults.add({"match": {"backend": "echo"}, "what": what})
    id_ = echo()
    assert execute(id_, named("ask", method="GET")).json == thrown(id_, text)


@pytest.mark.parametrize(
    ("version", "users"),
    [("8.19.9", []), ("9.0.9", []), ("9.1.0", [401, 429]), ("9.3.9", [401, 429]),
     ("9.4.0", [401, 404, 429]), ("9.5.4", [401, 404, 429])],
)  # fmt: skip
def test_which_statuses_are_the_users_fault_depends_on_the_release(
    world, echo, execute, version, users
):
    world.settings = replace(world.settings, kibana_version=version)
    id_ = echo()
    for status in (400, 401, 404, 429, 500):
        world.faults.clear()
        world.faults.add({"match": {"backend": "echo"}, "what": {"status": status}})
        answer = execute(id_, named("ask", method="GET")).json
        assert answer["errorSource"] == ("user" if status in users else "framework"), status


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("nope", "URL Error: Invalid URL"),
        ("ftp://example.com", "URL Error: Invalid protocol"),
        ("file:///etc", "URL Error: URL must contain hostname"),
    ],
)
def test_what_is_no_url_is_refused_when_it_is_asked(world, echo, execute, url, text):
    id_ = echo(url)
    assert execute(id_, named("ask", method="GET")).json == thrown(id_, text)
    assert world.outbox.list() == []


@pytest.mark.kibana_version("8.19.0")
def test_a_host_has_to_be_allowed_at_the_creation_and_at_a_request(world, post, echo, execute):
    world.settings = replace(world.settings, allowed_hosts=("echo.example.com",))
    text = 'target url "https://b" is not added to the Kibana config xpack.actions.allowedHosts'
    refused = post("my.echo", {"url": "https://b"})
    assert refused.json["message"] == (
        f"error validating action type config: error validating url: {text}"
    )
    id_ = echo("https://echo.example.com")
    answer = execute(id_, named("ask", method="GET", path="@b")).json
    assert answer["service_message"] == (
        'error configuring connector action: target url "https://echo.example.com@b" is not added '
        "to the Kibana config xpack.actions.allowedHosts"
    )
