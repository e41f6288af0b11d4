"""A connector type with a party of its own, as another package may bring one."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from mockkibana.app import create_app
from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.faults.presets import Preset
from mockkibana.http.messages import Answer
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Maybe, Schema, String
from mockkibana.world import World


class Exchange(Party):
    """A telephone exchange that knows who is in."""

    name = "exchange"

    @property
    def errors(self) -> ErrorAnswers:
        return ErrorAnswers(
            {"content-type": "application/json"}, {}, {"other": {"busy": "{reason} at {path}"}}
        )

    @property
    def presets(self) -> Any:
        return {**super().presets, "exchange-busy": self._busy}

    def receive(self, message: Outbound, box: Box) -> Answer:
        return Answer(201, {"rung": message.body["text"], "line": box.config["line"]})

    def _busy(self, given: Any) -> Preset:
        return Preset(({"backend": self.name},), {"status": 486})


class Config(Schema):
    line = String()


class Secrets(Schema):
    pin = Maybe(String())


class Params(Schema):
    text = String()


class Phone(ConnectorType):
    """Rings somebody up."""

    id = ".phone"
    config = Config()
    secrets = Secrets()
    params = Params()
    party = Exchange()
    leniencies = {"loud": "the text was loud"}  # noqa: RUF012

    def is_deprecated(self, config: Any) -> bool:
        return bool(config["line"] == "old")

    def accommodate(self, params: Any) -> Any:
        text = params.get("text")
        if isinstance(text, str) and text.isupper():
            return {"text": text.lower()}, ["loud"]
        return params, []

    def execute(self, run: Run, params: Any) -> Any:
        headers = {"X-Pin": run.secrets.get("pin") or "none", "X-Api-Key": "key-of-the-phone"}
        url = "https://phone.example.com/v1/ring?to=all"
        try:
            answer = axios.Axios(run.send).request(
                Outbound("POST", url, headers=headers, body=dict(params))
            )
        except axios.AxiosError as error:
            body = error.response and error.response.body
            raise Failed("nobody answers", f"[{error.code}] {error.message} {body}") from None
        return answer.body


class Card(Phone):
    """Writes to whoever takes it."""

    id = ".card"
    party = None


@pytest.fixture
def world() -> Any:
    world = World(connector_types=[Phone, Card])
    yield world
    assert world.bugs == []
    world.close()


@pytest.fixture
def app(world: World) -> Flask:
    app = create_app(world)
    app.testing = True
    return app
