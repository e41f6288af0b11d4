"""Types that Kibana makes of a specification: an API key, and actions that send requests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, TypeAlias
from urllib.parse import urlencode

from marshmallow import missing

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.sub_action_framework import FORM, query_string
from mockkibana.json import Json, Record
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.validation import Any, Field, Literal, Maybe, Number, Object, OneOf, String
from mockkibana.validation.field import Rule

# Guess: every release has this action.
_TEST = "_test"
_NO_HEADERS: Mapping[str, str] = {}


class Client:
    """The HTTP client of one run, whose requests carry the secrets as headers.

    Its requests return the body of the answer, and raise `Failed` or `AxiosError`.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._axios = axios.Axios(run.send)
        self._headers = {name: key for name, key in run.secrets.items() if name != "authType"}

    def get(self, url: str, query: Record, headers: Mapping[str, str] = _NO_HEADERS) -> Json:
        """Ask for a URL with a query."""
        return self._ask("GET", url + query_string(query), headers, None)

    def post_form(self, url: str, fields: Mapping[str, str]) -> Json:
        """Send a form."""
        body = urlencode(fields, errors="replace")
        return self._ask("POST", url, {"Content-Type": FORM}, body)

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: Json) -> Json:
        # Guess: the client of a specification refuses a host in the words of all others.
        if text := refused_url(url.partition("?")[0], self._run.settings):
            raise Failed(text)
        message = Outbound(method, url, {**self._headers, **headers}, body)
        answered = self._axios.request(message).body
        return "" if answered is None else answered


Act: TypeAlias = Callable[[Client, Json], Json]
"""What an action does with its params: it returns the data of the run."""

Actions: TypeAlias = Mapping[str, tuple[Field, Act]]
"""The schema of the params of each action, and what it does."""


def member(value: Json, key: str) -> Json:
    """Return a member of what was answered, `missing` for none; raises `Failed` as JavaScript."""
    if value is None or value is missing:
        what = "undefined" if value is missing else "null"
        raise Failed(f"Cannot read properties of {what} (reading '{key}')")
    return value.get(key, missing) if isinstance(value, dict) else missing


def members(value: Json, *keys: str) -> Record:
    """Return some members by key, without those that are not there; raises `Failed`."""
    found = {key: member(value, key) for key in keys}
    return {key: item for key, item in found.items() if item is not missing}


def api_key(header: str) -> Field:
    """Return the schema of secrets that are a key, under the name of the header that it goes in."""
    text = String(validate=lambda key: None if key else "API key is required")
    kind = Object({header: text, "authType": Literal("api_key_header")}, unknowns="ignore")
    return OneOf([kind], discriminator="authType")


def whole(least: int | None = None, most: int | None = None, default: int | None = None) -> Number:
    """Return the field of a whole number within limits."""
    return Number(
        validate=_whole(least, most), load_default=missing if default is None else default
    )


def _whole(least: int | None, most: int | None) -> Rule:
    def refused(number: float) -> str | None:
        if number != int(number):
            return "Invalid input: expected int, received number"
        if least is not None and number < least:
            return f"Too small: expected number to be >={least}"
        if most is not None and number > most:
            return f"Too big: expected number to be <={most}"
        return None

    return refused


def params_of(actions: Actions) -> Field:
    """Return the schema of runs: a union of all actions, and of the connection test."""
    inputs = {name: field for name, (field, _) in actions.items()} | {_TEST: Maybe(Any())}
    return OneOf(
        [
            Object({"subAction": Literal(name), "subActionParams": field})
            for name, field in inputs.items()
        ],
        discriminator="subAction",
    )


class SpecifiedConnector(ConnectorType):
    """A type of a specification: set `actions`, `secrets`, `params`, and what `_test` does.

    That asks for `test_request`, a URL, a query and headers, and says `connected` or
    `not_connected`, where `{error}` is the error as JavaScript prints it and `{message}` its text.
    The config is empty, but for the kind of the secrets.
    """

    config = Object({"authType": Maybe(String())}, unknowns="ignore")
    actions: ClassVar[Actions]
    test_request: ClassVar[tuple[str, Record, Mapping[str, str]]]
    connected: ClassVar[str]
    not_connected: ClassVar[str]

    def execute(self, run: Run, params: Json) -> Json:
        """Do the action; raises `Failed` with the text of what went wrong.

        That is what `generate_executor_function.ts` does.
        """
        # Guess: 9.4 and 9.5 do so; an older one says `error calling connector, unexpected error`.
        client, name = Client(run), params["subAction"]
        try:
            if name == _TEST:
                return self._tested(client)
            return self.actions[name][1](client, params["subActionParams"])
        except (axios.AxiosError, Failed) as error:
            text = error.message
        run.log.write("error", f"error on {run.connector_id} event: {text}")
        raise Failed(text)

    def _tested(self, client: Client) -> Json:
        try:
            client.get(*self.test_request)
        except (axios.AxiosError, Failed) as error:
            kind = "AxiosError" if isinstance(error, axios.AxiosError) else "Error"
            words = {"error": f"{kind}: {error.message}", "message": error.message}
            return {"ok": False, "message": self.not_connected.format(**words)}
        return {"ok": True, "message": self.connected}
