"""The `.acme-pager` connector: calls whoever is on duty, by way of Acme's exchange."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.faults.presets import Preset
from mockkibana.http.messages import Answer
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.outages import always
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import Schema, String


class Exchange(Party):
    """Acme's exchange: it keeps a call for each number that was dialled."""

    name = "acme-exchange"

    @property
    def presets(self) -> Mapping[str, Callable[[Any], Preset]]:
        """Beside what can go wrong with any party: the line is busy."""
        busy = {"status": 486, "body": {"reason": "busy"}}
        return {**super().presets, "acme-exchange-busy": partial(always, self.name, busy)}

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Put a call through."""
        calls = box.state(self)
        id_ = str(calls.number("call"))
        calls.put(id_, {"number": message.body["number"], "text": message.body["text"]})
        return Answer(201, {"call": id_}, {"content-type": "application/json"})


class Config(Schema):
    """Where the exchange is."""

    url = String()


class Secrets(Schema):
    """What lets callers in."""

    token = String()


class Params(Schema):
    """Who is called, and what is said."""

    number = String()
    text = String(min_length=1)


class Pager(ConnectorType):
    """Calls a number."""

    id = ".acme-pager"
    name = "Acme Pager"
    minimum_license_required = "gold"
    supported_feature_ids = ("alerting", "siem")
    config = Config()
    secrets = Secrets()
    params = Params()
    party = Exchange()
    leniencies: ClassVar = {"integer-number": "a number was no text; a real Acme Pager refuses it"}
    example: ClassVar = {"number": "112", "text": "disk full"}

    def validate_config(self, config: Any, settings: Settings) -> str | None:
        """Refuse what Acme has no exchange at."""
        host = urlsplit(config["url"]).hostname or ""
        return None if host.endswith(".acme.example") else f"no exchange of Acme's: {host}"

    def accommodate(self, params: Any) -> tuple[Any, list[str]]:
        """Take a number that is no text, as Acme's documentation has it."""
        number = params.get("number")
        if type(number) is not int:
            return params, []
        return {**params, "number": str(number)}, ["integer-number"]

    def execute(self, run: Run, params: Any) -> Any:
        """Call, and return the id of the call."""
        headers = {"Authorization": f"Bearer {run.secrets['token']}"}
        message = Outbound("POST", f"{run.config['url']}/calls", headers, dict(params))
        try:
            return axios.Axios(run.send).request(message).body
        except axios.AxiosError as error:
            raise Failed("error calling", error.message) from None
