"""The page at `/_mock/`: what a person finds there, and that it works."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType
from mockkibana.control.guard import ControlAccess
from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.settings import Settings
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import RecordOf
from mockkibana.world import World

BASE = "http://127.0.0.1:5601"
XSRF = {"kbn-xsrf": "true"}


class Vault(ConnectorType):
    """A type with secrets."""

    id = ".vault"
    config = RecordOf(AnyValue(), load_default=dict)
    secrets = RecordOf(AnyValue(), load_default=dict)
    params = RecordOf(AnyValue())
    example = {"it's": 'a "quote" & <b>more</b>'}  # noqa: RUF012

    def execute(self, run: Any, params: Any) -> Any:
        return params


@pytest.fixture
def world(settings: Settings) -> Iterator[World]:
    world = World(settings, seeds=[demo_seed()], connector_types=[Vault])
    yield world
    assert world.bugs == []
    world.close()


def page(client: Any, base_url: str = BASE) -> str:
    answer = client.get("/_mock/", base_url=base_url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return str(answer.text)


def commands(text: str) -> list[str]:
    """Return the commands of the page as a person would copy them."""
    return [html.unescape(found) for found in re.findall(r"<pre>(.*?)</pre>", text, re.DOTALL)]


def run(client: Any, command: str) -> Any:
    """Send what `curl` would send."""
    words = shlex.split(command.replace("\\\n", ""))
    assert words[:3] == ["curl", "-X", "POST"]
    options = words[4:]
    headers, body = {}, None
    while options:
        name, value, *options = options
        if name == "-H":
            key, _, value = value.partition(": ")
            headers[key] = value
        else:
            assert name == "-d"
            body = value
    target = urlsplit(words[3])
    return client.post(
        "/",
        data=body,
        headers=headers,
        base_url=f"{target.scheme}://{target.netloc}",
        environ_overrides={"REQUEST_URI": target.path},
    )


def test_the_page_shows_the_urls_version_and_contract(client):
    text = page(client)
    assert f"<dd>{BASE}</dd>" in text
    assert f"<dd>{BASE}/_mock/elasticsearch</dd>" in text
    assert "Kibana 9.5.4" in text
    assert "documented" in text


def test_with_security_the_page_and_its_commands_say_who_to_be(client, world):
    world.seed(demo_seed())
    assert "Security is on" not in client.get("/_mock/").text
    assert "curl -X POST -u" not in client.get("/_mock/").text
    world.settings = Settings(security=True, license="gold")
    text = client.get("/_mock/").text
    assert "Licence: gold. Security is on: log in as <code>elastic</code>." in text
    assert text.count("curl -X POST -u elastic ") == text.count("curl -X POST") == 3
    assert "changeme" not in text


@pytest.mark.parametrize("path", ["/_mock", "/_mock/"])
def test_the_page_has_two_spellings(client, path):
    assert client.get(path).status_code == 200


def test_the_urls_are_those_of_the_caller(client, world):
    named = create_app(world, ControlAccess(allow_hosts=("mock.example.com",))).test_client()
    assert "http://mock.example.com:99/_mock/elasticsearch" in page(
        named, "http://mock.example.com:99"
    )
    world.settings = Settings(public_url="https://public.example.com/x")
    text = page(client)
    assert "<dd>https://public.example.com/x/_mock/elasticsearch</dd>" in text
    assert BASE not in text


def test_every_connector_of_the_demo_is_there_with_a_command_that_works(client, world):
    text = page(client)
    found = commands(text)
    assert len(found) == len(demo_seed().content["connectors"])
    for connector in demo_seed().content["connectors"]:
        assert connector["id"] in text
        assert connector["name"] in text
    for command in found:
        answer = run(client, command)
        assert answer.status_code == 200, command
        assert answer.json["status"] == "ok", command


def test_the_commands_really_do_something(client, world):
    for command in commands(page(client)):
        run(client, command)
    lines = [line.message for line in world.log.lines]
    assert "Server log: Test warning message" in lines
    assert client.get("/_mock/elasticsearch/test-index").status_code == 200


@pytest.mark.parametrize("connector_id", ["a b", "a/b", "100%", "ü", "it's", "$(x)", "a?b#c"])
def test_a_command_works_whatever_the_id_name_and_params(client, world, connector_id):
    connector = {
        "id": connector_id,
        "name": '<script>alert("1")</script>',
        "connector_type_id": ".vault",
    }
    world.seed(parse_seed({"version": 1, "connectors": [connector]}))
    text = page(client)
    assert "<script>" not in text
    [command] = [found for found in commands(text) if "<b>more</b>" in found]
    answer = run(client, command)
    assert answer.json == {"status": "ok", "data": Vault.example, "connector_id": connector_id}


def test_no_secret_is_on_the_page(client, world):
    secret = {"config": {"a": "config-text"}, "secrets": {"b": {"c": "secret-text"}}}
    connector = {"id": "i", "connector_type_id": ".vault", **secret}
    ready = {**connector, "id": "r", "expose_config": True}
    seed = {"version": 1, "connectors": [connector], "preconfigured": [ready]}
    world.seed(parse_seed(seed))
    text = page(client)
    assert len(commands(text)) == 2 + len(demo_seed().content["connectors"])
    assert "secret-text" not in text


def test_connectors_of_other_spaces_are_there_and_preconfigured_ones_once(client, world):
    seed = {
        "version": 1,
        "spaces": [{"id": "ops", "name": "Operations"}],
        "connectors": [{"id": "o", "connector_type_id": ".server-log", "space": "ops"}],
        "preconfigured": [{"id": "r", "connector_type_id": ".server-log"}],
    }
    world.seed(parse_seed(seed))
    found = commands(page(client))
    assert [command for command in found if "/s/ops/" in command] == found[-1:]
    assert sum("/connector/r/_execute" in command for command in found) == 1
    assert run(client, found[-1]).json == {"status": "ok", "connector_id": "o"}


def test_a_connector_in_a_space_that_nobody_made_is_there_too(client, create):
    made = create(space="/s/nope")
    [command] = [found for found in commands(page(client)) if made["id"] in found]
    assert run(client, command).json == {"status": "ok", "connector_id": made["id"]}


def test_an_empty_world_says_how_to_begin(client, world):
    world.reset(empty=True)
    text = page(client)
    assert commands(text) == []
    assert f"<code>POST {BASE}/api/actions/connector</code>" in text


def test_a_name_with_half_a_character_breaks_nothing(client):
    body = json.dumps({"name": "half \ud83d", "connector_type_id": ".server-log"})
    made = client.post(
        "/api/actions/connector", data=body, headers=XSRF, content_type="application/json"
    )
    assert made.status_code == 200
    assert "half" in page(client)


def test_the_page_changes_nothing(client, world):
    before = world.store.digest()
    page(client)
    assert world.store.digest() == before


def test_the_page_has_an_icon_so_that_no_browser_asks_for_one(client):
    assert '<link rel="icon" href="data:,">' in page(client)


def test_what_a_browser_asks_for_an_icon_is_in_no_journal(client, world):
    assert client.get("/favicon.ico").status_code == 404
    assert client.get("/_mock/worlds/a/favicon.ico").status_code == 404
    assert world.journal.records() == []
    client.get("/api/favicon.ico")
    assert [call.target for call in world.journal.records()] == ["/api/favicon.ico"]
