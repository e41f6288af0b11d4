"""Exceptions that a user can meet: exported, of one kind, each for one reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import mockkibana
from mockkibana.testing.handle import MockKibana

SEED = {"version": 1, "connectors": [{"id": "log", "connector_type_id": ".server-log"}]}
NOBODY = "http://127.0.0.1:9"
BAD_SEED = {"version": 2}


def run_on_a_broken_line(kibana: MockKibana) -> None:
    kibana.faults.add(what={"wire": "reset"})
    kibana.connectors.run("log", {"message": "hello"})


@pytest.fixture(params=["in process", "attached"])
def kibana(request: pytest.FixtureRequest) -> object:
    with MockKibana(seed=SEED) as local:
        if request.param == "in process":
            yield local
        else:
            with MockKibana.attach(local.url) as attached:
                yield attached


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("ControlError", lambda kibana: kibana.reset(parts=["everything"])),
        ("ControlError", lambda kibana: kibana.seed(BAD_SEED)),
        ("BadSeed", lambda kibana: kibana.seed("nowhere.yaml")),
        ("Refused", lambda kibana: kibana.connectors.get("nothing")),
        ("NoAnswer", run_on_a_broken_line),
    ],
)
def test_a_handle_raises_what_is_exported(
    kibana: MockKibana, name: str, act: Callable[[MockKibana], object]
) -> None:
    with pytest.raises(mockkibana.MockKibanaError) as caught:
        act(kibana)
    assert type(caught.value) is getattr(mockkibana, name)


@pytest.mark.parametrize(
    ("name", "act"),
    [
        ("BadSeed", lambda _: MockKibana(seed=BAD_SEED)),
        ("BadSetting", lambda _: mockkibana.Settings(contract="real")),
        ("BadConnectorType", lambda _: mockkibana.World(connector_types=[str])),
        ("ControlError", lambda _: MockKibana(settings={"contract": "real"})),
        ("StoreError", lambda path: mockkibana.World(db=path)),
        ("NotStarted", lambda _: MockKibana().url),
        ("NotLocal", lambda _: MockKibana.attach(NOBODY).app),
        ("NoServer", lambda _: MockKibana.attach(NOBODY).state()),
        ("NoServer", lambda _: MockKibana.attach(NOBODY).connectors.list()),
    ],
)
def test_what_cannot_begin_raises_what_is_exported(
    tmp_path: Path, name: str, act: Callable[[Path], object]
) -> None:
    with pytest.raises(mockkibana.MockKibanaError) as caught:
        act(tmp_path)
    assert isinstance(caught.value, getattr(mockkibana, name))


def test_every_exported_exception_is_a_mockkibana_error() -> None:
    exported = [getattr(mockkibana, name) for name in mockkibana.__all__]
    errors = {
        value for value in exported if isinstance(value, type) and issubclass(value, Exception)
    } - {mockkibana.MockKibanaWarning}
    assert len(errors) == 12
    assert all(issubclass(error, mockkibana.MockKibanaError) for error in errors)
