"""The `.torq` connector: triggers a workflow of Torq's with a JSON value."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json, Malformed, dumps, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Sink
from mockkibana.settings import Settings
from mockkibana.validation import Schema, String

# Guess: 8.17 and 8.18 know the host of the EU, too; the change came to 8.x without a version.
_HOST = re.compile(r"hooks\.(eu\.)?torq\.io|localhost")
_HOSTS = "https://hooks.torq.io or https://hooks.eu.torq.io"
_WHAT = {
    401: "unauthorised",
    404: "make sure the webhook URL is valid",
    405: "method is not supported",
}


class Config(Schema):
    """The URL of a webhook integration of Torq's."""

    webhookIntegrationUrl = String()  # noqa: N815 - Kibana's own name


class Secrets(Schema):
    """The token of the integration."""

    token = String()


class Params(Schema):
    """A text of JSON."""

    body = String()


class Torq(ConnectorType):
    """Sends the JSON of a run."""

    id = ".torq"
    config = Config()
    secrets = Secrets()
    params = Params()
    party = Sink("torq")
    example = {"body": '{"msg": "hello, world"}'}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse what is no URL, a host that is not allowed, and one that is not Torq's."""
        url = config["webhookIntegrationUrl"]
        if not is_url(url):
            text: str | None = "unable to parse url: TypeError: Invalid URL"
        elif (text := refused_url(url, settings)) is None and not _HOST.fullmatch(
            urlsplit(url.strip()).hostname or ""
        ):
            text = f"url must begin with {_HOSTS}"
        return text and f"error configuring send to Torq action: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Send the JSON and return its text. Raises `Failed`, as `torq/index.ts` does."""
        text = params["body"]
        if text and (error := json_error(text)) is not None:
            run.log.write(
                "error",
                f"error on {run.connector_id} Torq event: error triggering Torq workflow, "
                f"invalid body: {error}",
            )
            raise Failed("error triggering Torq workflow, invalid body", error)
        headers = {"X-Torq-Token": run.secrets["token"], "Content-Type": "application/json"}
        url = run.config["webhookIntegrationUrl"]
        try:
            axios.Axios(run.send).request(Outbound("POST", url, headers, _body(text)))
        except axios.AxiosError as error:
            raise _failed(run, error) from None
        return text


def _body(text: str) -> Json:
    """Return the value of a text of JSON; axios sends a string as the JSON that it is."""
    if not text:
        return None
    try:
        value = loads(text, javascript=True, allow_proto=True)
    except Malformed:  # what is too deep, which Kibana takes
        return text
    return text if isinstance(value, str) else value


def _failed(run: Run, error: axios.AxiosError) -> Failed:
    if error.response is None:
        text = f"[{error.code}] {error.message}" if error.code else error.message
        return _logged(run, "request failed", text)
    status = error.response.status
    text = f"[{status}] {axios.status_text(status)}{_suffix(error.response)}"
    if status < 500 and status != 429:
        return _logged(run, _WHAT.get(status, "invalid response"), text)
    seconds = axios.retry_after(error.response) if status == 429 else None
    if seconds is None:
        return _logged(run, "retry later", text, retry=True)
    at = run.later(seconds)
    return _logged(run, f"retry at {at}", text, retry=at)


def _suffix(response: Answer) -> str:
    message = response.body.get("message") if isinstance(response.body, dict) else None
    if not message:
        return ""
    return f": {message if isinstance(message, str) else dumps(message)}"


def _logged(run: Run, what: str, text: str, *, retry: bool | str | None = None) -> Failed:
    run.log.write("error", f"error on {run.connector_id} Torq event: {text}")
    return Failed(f"error triggering Torq workflow, {what}", text, retry)
