"""Kibana's sub-action framework: types whose runs name a method, and the requests of these."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import ClassVar, TypeAlias
from urllib.parse import quote, urlencode

from mockkibana.clock import iso
from mockkibana.connectors import push_to_service
from mockkibana.connectors.base import ConnectorType, Run, Thrown
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json, dumps
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound, Trust
from mockkibana.settings import Settings
from mockkibana.validation import (
    Any,
    ByRelease,
    Field,
    Literal,
    Maybe,
    Nullable,
    Object,
    OneOf,
    Refused,
    Schema,
    String,
    load,
    missing,
)
from mockkibana.validation.releases import of_type
from mockkibana.validation.wording import javascript_error

FORM = "application/x-www-form-urlencoded"
ANYTHING = Maybe(Any())
"""The schema of params and answers that are not looked at."""

_HOST = re.compile("[^:]+://[^/?#]")
_NO_HOST = "URL must contain hostname"
_SLASHES = re.compile("([^:]/)/+")
_ANY_PARAMS = Object({}, unknowns="allow")


class Params(Schema):
    """What every run of such a type names; each sub-action has a schema of its own."""

    unknowns = {"8.17": "forbid", "9.3": "ignore"}  # noqa: RUF012
    subAction = String()  # noqa: N815 - Kibana's own names, here and below
    subActionParams = ByRelease(  # noqa: N815
        {"8.17": _ANY_PARAMS, "9.3": Maybe(OneOf([_ANY_PARAMS, Literal(None)]))}
    )


class Service:
    """One run of a sub-action: its connector, and the requests that it sends.

    `error_text` words a failed request, as the type's `getResponseErrorMessage` does.
    """

    def __init__(self, run: Run, error_text: Callable[[axios.AxiosError], str]) -> None:
        self.run = run
        self.config = run.config
        self.secrets = run.secrets
        self._error_text = error_text
        self._axios = axios.Axios(run.send)

    def request(
        self,
        method: str,
        url: str,
        data: Json = None,
        *,
        headers: Mapping[str, str | None] | None = None,
        auth: tuple[str, str] | None = None,
        query: Mapping[str, Json] | None = None,
        response: Field | Schema = ANYTHING,
        trust: Trust | None = None,
        timeout: float | None = None,
    ) -> Json:
        """Send a request and return the body of the answer, which has to fit `response`.

        Without `data`, or with an empty one, the body is `{}`, also of a GET; with the content type
        `FORM` it is a form. `query` is added to the URL as axios does; `trust` is what the config
        says of certificates, `timeout` are milliseconds. Headers and entries of the query that are
        None are left out. Raises `Thrown` (`sub_action_connector.ts`).
        """
        self._check(url)
        given = {name: value for name, value in (headers or {}).items() if value is not None}
        sent = {"Content-Type": "application/json", **given}
        message = Outbound(
            method,
            _normalized(url) + query_string(query or {}),
            sent,
            urlencode(data or {}, errors="replace")
            if sent["Content-Type"] == FORM
            else _sent(data),
            auth=auth,
            trust=trust or Trust(),
            timeout=(timeout or 0) / 1000,
        )
        body = self._ask(message).body
        try:
            load(of_type(response, self.run.release), "" if body is None else body)
        except Refused as refused:
            text = javascript_error(refused.failure, self.run.release)
            raise Thrown(f"Response validation failed ({text})") from None
        return body

    def _check(self, url: str) -> None:
        """Refuse what is no URL of HTTP, and a host that is not allowed."""
        if text := malformed_url(url):
            raise Thrown(text)
        if text := refused_url(url, self.run.settings):
            raise Thrown(f"error configuring connector action: {text}")

    def _ask(self, message: Outbound) -> Answer:
        try:
            return self._axios.request(message)
        except axios.AxiosError as error:
            status = "undefined" if error.response is None else error.response.status
            is_users = status in self.run.release.user_error_statuses
            raise Thrown(
                f"Status code: {status}. Message: {self._error_text(error)}",
                "user" if is_users else "framework",
            ) from None


SubAction: TypeAlias = tuple[Field | Schema, Callable[[Service, Json], Json]]
"""The schema of a sub-action's params, and what it does with them."""


_ALWAYS = {"8.17": True}


class SubActionConnector(ConnectorType):
    """A type on the framework: set `sub_actions`, the keys of config that hold URLs, `error_text`.

    `newer` says of some sub-actions in which versions they are there, by the first of these.
    Up to a release a sub-action gets its params without defaults, as the framework checks them
    alone. (Texts of JSON in the place of other values are read, where Kibana hands on the texts.)
    """

    params = Params()
    sub_actions: ClassVar[Mapping[str, SubAction]]
    newer: ClassVar[Mapping[str, Mapping[str, bool]]] = {}
    url_keys: ClassVar[tuple[str, ...]] = ("url",)

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a URL whose host is not allowed (`urlAllowListValidator`)."""
        texts = (refused_url(config[key], settings) for key in self.url_keys)
        text = next(filter(None, texts), None)
        return text and f"error validating url: {text}"

    def error_text(self, error: axios.AxiosError) -> str:
        """Return what the type says to a request that failed."""
        raise NotImplementedError

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action and return its data, `{}` for none (`executor.ts`)."""
        name, given = params["subAction"], params.get("subActionParams", missing)
        if name not in self.sub_actions or not run.release.value(self.newer.get(name, _ALWAYS)):
            raise Thrown(f'Sub action "{name}" is not registered. {self._named(run)}')
        schema, act = self.sub_actions[name]
        try:
            loaded = load(of_type(schema, run.release), given)
        except Refused as refused:
            text = javascript_error(refused.failure, run.release)
            raise Thrown(f"Request validation failed ({text})", "user") from None
        if not run.release.sub_action_defaults:
            loaded = _without_defaults(loaded, given)
        data = act(Service(run, self.error_text), loaded or {})
        return {} if data is None else data

    def _named(self, run: Run) -> str:
        from mockkibana.connectors.catalog import ConnectorTypes  # which knows the types by name

        return (
            f"Connector id: {run.connector_id}. Connector name: {ConnectorTypes().name(self)}. "
            f"Connector type: {self.id}"
        )


def _without_defaults(loaded: Json, given: Json) -> Json:
    if isinstance(loaded, dict) and isinstance(given, dict):
        return {key: _without_defaults(loaded[key], given[key]) for key in given if key in loaded}
    if isinstance(loaded, list) and isinstance(given, list):
        return list(map(_without_defaults, loaded, given))
    return loaded


def push_params(incident: Mapping[str, Field]) -> Schema:
    """Return the schema of a case connector's push, `incident` being the fields of the type."""
    fields = {**incident, "externalId": Nullable(String())}

    class Push(Schema):
        unknowns = {"8.17": "forbid", "9.3": "ignore"}  # noqa: RUF012
        incident = Object(fields)
        comments = push_to_service.comments()

    return Push()


def push(
    params: Json,
    create: Callable[[Json], Json],
    update: Callable[[str, Json], Json],
    add_comment: Callable[[str, str], None],
) -> Json:
    """Create an incident, or update the one of `externalId`, then add the comments (`case.ts`).

    `create` gets the incident, `update` its id, too; both return what the push does.
    """
    incident = {key: value for key, value in params["incident"].items() if key != "externalId"}
    id_ = params["incident"].get("externalId")
    pushed = create(incident) if id_ is None else update(id_, incident)
    comments = params.get("comments") or ()
    for comment in comments:
        add_comment(pushed["id"], comment["comment"])
    if comments:
        pushed["comments"] = [
            {"commentId": comment["commentId"], "pushedDate": pushed["pushedDate"]}
            for comment in comments
        ]
    return pushed


def malformed_url(url: str) -> str | None:
    """Return Kibana's text for what is no URL of HTTP, or None (`assertURL`)."""
    if not is_url(url):
        return "URL Error: Invalid URL"
    if url.partition(":")[0].strip().lower() not in ("http", "https"):
        has_host = _HOST.match(url.strip())
        return f"URL Error: {'Invalid protocol' if has_host else _NO_HOST}"
    return None


def pushed_date(milliseconds: float) -> str:
    """Return a time in ISO 8601. Raises `Thrown` where JavaScript has no such time."""
    try:
        return iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
    except (OverflowError, OSError, ValueError):
        raise Thrown("Invalid time value") from None


def _normalized(url: str) -> str:
    """Return a URL without double slashes in its path, and without one at its end."""
    return _SLASHES.sub(r"\1", url.removesuffix("/"))


def query_string(query: Mapping[str, Json]) -> str:
    """Return the query string that axios makes of parameters, with its question mark."""
    pairs = [
        (f"{key}[]" if isinstance(value, list) else key, item)
        for key, value in query.items()
        for item in (value if isinstance(value, list) else [value])
        if item is not None
    ]
    text = "&".join(f"{_encoded(key)}={_encoded(_text(value))}" for key, value in pairs)
    return f"?{text}" if text else ""


def _encoded(text: str) -> str:
    return quote(text, safe="!'()*:$,[]~", errors="replace").replace("%20", "+")


def _text(value: Json) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else dumps(value)


def _sent(data: Json) -> Json:
    """Return the body of a request: a text of JSON as it is, any other text as JSON."""
    if not data or isinstance(data, int | float):
        return {}
    if isinstance(data, str):
        return dumps(data) if json_error(data) is not None else data.strip()
    return data
