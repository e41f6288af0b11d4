"""The table of verbs: one row and its function are a verb, wherever verbs are."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests
from click.testing import CliRunner

from mockkibana.cli import main
from mockkibana.control.api import routes
from mockkibana.control.plane import ControlPlane
from mockkibana.control.verbs import VERBS, Argument, Kind, Verb
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.remote import RemoteControl

ECHO = Verb(
    "echo_text",
    "GET",
    "/echo/{text}",
    "Say it again.",
    (Argument("loud", Kind.FLAG, "In capitals."), Argument("words", Kind.TEXTS, option="word")),
)


def echo(plane: ControlPlane, text: str, *, loud: bool = False, words: object = None) -> object:
    assert plane.state()["connectors"] == 0
    return {"said": text.upper() if loud else text, "words": words}


@pytest.fixture
def kibana(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockKibana]:
    """A Kibana whose control has a verb more."""
    monkeypatch.setitem(VERBS, ECHO.name, ECHO)
    monkeypatch.setattr(ControlPlane, ECHO.name, echo, raising=False)
    routes.cache_clear()
    with MockKibana() as handle:
        yield handle
    routes.cache_clear()


def test_a_row_is_a_route(kibana: MockKibana) -> None:
    url = f"{kibana.url}/_mock/api/echo/hi"
    assert requests.get(f"{url}?loud=true", timeout=5).json() == {"said": "HI", "words": None}
    assert requests.get(f"{url}?words=a,b", timeout=5).json()["words"] == ["a", "b"]
    assert requests.get(f"{url}?load=true", timeout=5).json() == {
        "error": "'load' is an unknown parameter; expected some of loud, words."
    }


def test_a_row_is_in_the_list(kibana: MockKibana) -> None:
    assert requests.get(f"{kibana.url}/_mock/api/", timeout=5).json()[-1] == {
        "method": "GET",
        "path": "/_mock/api/echo/{text}",
        "does": "Say it again.",
        "arguments": {"loud": "In capitals.", "words": ""},
    }


def test_a_row_is_a_verb_of_the_remote_client(kibana: MockKibana) -> None:
    said = RemoteControl(kibana.url).echo_text("a/b c", loud=False, words=["a", "b"])
    assert said == {"said": "a/b c", "words": ["a", "b"]}


def test_a_row_is_a_method_of_a_handle_wherever_its_world_is(kibana: MockKibana) -> None:
    assert kibana.echo_text("hi", loud=True)["said"] == "HI"  # type: ignore[attr-defined]
    with MockKibana.attach(kibana.url) as attached:
        assert attached.echo_text("hi", loud=True)["said"] == "HI"  # type: ignore[attr-defined]


def test_a_row_is_a_command(kibana: MockKibana) -> None:
    def run(*arguments: str) -> str:
        return CliRunner().invoke(main, arguments, env={"MOCKKIBANA_URL": kibana.url}).output

    assert json.loads(run("echo-text", "hi", "--loud")) == {"said": "HI", "words": None}
    assert json.loads(run("echo-text", "hi", "--word", "a"))["words"] == ["a"]
    assert "  echo-text      Say it again.\n" in run("--help")
    assert "--loud        In capitals.\n" in run("echo-text", "--help")
    assert "--word TEXT" in run("echo-text", "--help")


def test_every_verb_is_a_function_of_the_plane() -> None:
    functions = [name for name in vars(ControlPlane) if not name.startswith("_")]
    assert sorted(VERBS) == sorted(functions)
