"""The `.slack_api` connector: posts messages and block kits to channels by Slack's Web API."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from mockkibana.connectors.base import ConnectorType, Failed, Run, Thrown
from mockkibana.connectors.slack_workspace import SlackWebApi
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.json import Json, Malformed, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.settings import Settings
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    ByRelease,
    Field,
    Maybe,
    Number,
    Object,
    Schema,
    String,
    literals,
)

_BASE = "https://slack.com/api"
_POSTING = "error posting slack message"
_NO_CHANNEL = "One of channels, channelIds, or channelNames is required and cannot be empty"
_NOT_ALLOWED = "One or more provided channels are not included in the allowed channels list"


def _block_kit(text: str) -> str | None:
    if (error := json_error(text)) is not None:
        return f"block kit body is not valid JSON - {error}"
    value = _parsed(text)
    if not isinstance(value, dict) or "blocks" not in value:
        return 'block kit body must contain field "blocks"'
    return None


def _parsed(text: str) -> Json:
    try:
        return loads(text, javascript=True, allow_proto=True)
    except Malformed:  # what is too deep, which Kibana takes
        return None


class AllowedChannel(Schema):
    """A channel that runs may post to."""

    id = ByRelease({"8.17": String(min_length=1), "9.3": Maybe(String(min_length=1))})
    name = String(min_length=1)


class Config(Schema):
    """The channels that runs may post to; without any, all of them."""

    allowedChannels = ByRelease(  # noqa: N815
        {
            "8.17": Maybe(ArrayOf(Object(AllowedChannel()), max_size=25)),
            "9.3": Maybe(ArrayOf(Object(AllowedChannel()), max_size=500)),
        }
    )


class Secrets(Schema):
    """The token of a Slack app."""

    token = String(min_length=1)


class SlackService:
    """One run's conversation with Slack. Every method raises `Failed` (`slack_api/service.ts`)."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._axios = axios.Axios(run.send)
        channels = run.config.get("allowedChannels", ())
        self._allowed = [channel["id"] for channel in channels if "id" in channel]
        self._allowed_names = [channel["name"] for channel in channels]

    def valid_channel_id(self, params: Json) -> Json:
        """Return what Slack knows of a channel."""
        channel = params.get("channelId")
        if not channel:
            raise Failed(_POSTING, "The channel id is empty")
        return self._ask(
            "GET", f"conversations.info?channel={quote(channel, safe='', errors='replace')}"
        )

    def post_message(self, params: Json) -> Json:
        """Post a text."""
        channel = self._channel(params)
        return self._ask("POST", "chat.postMessage", {"channel": channel, "text": params["text"]})

    def post_block_kit(self, params: Json) -> Json:
        """Post the blocks of a text of JSON."""
        blocks = _parsed(params["text"])
        channel = self._channel(params)
        return self._ask(
            "POST", "chat.postMessage", {"channel": channel, "blocks": blocks["blocks"]}
        )

    def _channel(self, params: Json) -> str:
        if not self._run.release.slack_channel_names:
            return self._channel_by_id(params)
        for key, allowed in (
            ("channelNames", self._allowed_names),
            ("channelIds", self._allowed),
            ("channels", []),
        ):
            if channels := params.get(key):
                self._check(channels, allowed)
                return str(channels[0])
        raise Failed(_POSTING, _NO_CHANNEL)

    def _check(self, channels: list[str], allowed: list[str]) -> None:
        """Refuse what is not allowed, where not all channels are; `#` is no part of a name."""
        plain = {name.removeprefix("#") for name in allowed}
        if plain and not {name.removeprefix("#") for name in channels} <= plain:
            raise Failed(_POSTING, _NOT_ALLOWED)

    def _channel_by_id(self, params: Json) -> str:
        ids: list[str] = params.get("channelIds", [])
        if ids and self._allowed and not {*ids} <= {*self._allowed}:
            text = (
                f'One of channel ids "{",".join(ids)}" is not included in the allowed channels '
                f'list "{",".join(self._allowed)}"'
            )
            raise Failed(_POSTING, text)
        names: list[str] = params.get("channels", [])
        channel = next(filter(None, (*ids[:1], *names[:1])), "")
        if not channel:
            raise Failed(_POSTING, 'The channel is empty"')  # Kibana's own stray quotation mark
        return channel

    def _ask(self, method: str, path: str, body: Json = None) -> Json:
        headers = {
            "Authorization": f"Bearer {self._run.secrets['token']}",
            "Content-type": "application/json; charset=UTF-8",
        }
        message = Outbound(method, f"{_BASE}/{path}", headers, body, _BASE)
        try:
            answer = self._axios.request(message).body
        except axios.AxiosError as error:
            raise self._failed(error) from None
        if not answer:
            raise Failed("unexpected null response from slack")
        if not isinstance(answer, dict) or not answer.get("ok"):
            error_text = answer.get("error") if isinstance(answer, dict) else None
            raise Failed(_POSTING, error_text)
        return answer

    def _failed(self, error: axios.AxiosError) -> Failed:
        if error.response is None:
            return Failed(_POSTING, error.message)
        status = error.response.status
        if status < 500 and status != 429:
            text = f"unexpected http response from slack: {status} {axios.status_text(status)}"
            self._run.log.write("error", f"error on .slack_api slack action: {text}")
            return Failed(text)
        seconds = axios.retry_after(error.response) if status == 429 else None
        if seconds is None:
            return Failed("error posting a slack message, retry later", retry=True)
        at = self._run.later(seconds)
        return Failed(f"error posting a slack message, retry at {at}", error.message, at)


def _channels(name: Field) -> dict[str, Field]:
    return {
        "channels": Maybe(ArrayOf(String(), max_size=1)),
        "channelIds": Maybe(ArrayOf(String(), max_size=1)),
        "channelNames": Maybe(ArrayOf(name, max_size=1), since="9.3"),
    }


def _named(name: str) -> str | None:
    if not name:
        return "Channel name cannot be empty"
    return None if name.startswith("#") else "Channel name must start with #"


def _unsupported(name: str, fields: Mapping[str, Field]) -> SubAction[SlackService]:
    """Return a sub-action that the schema knows, and no code of Kibana's."""

    def refuse(*_: Json) -> None:
        raise Thrown(f"[Action][ExternalService] -> [Slack API] Unsupported subAction type {name}.")

    # Guess: they came with 9.4, and their code later; zod takes whole numbers alone for theirs.
    return SubAction(name, fields, refuse, since="9.4")


_PAGE = {"cursor": Maybe(String()), "limit": Maybe(Number(min=1, max=1000))}
_TYPES = literals("public_channel", "private_channel", "im", "mpim")
_SUB_ACTIONS = SubActions[SlackService](
    SubAction("validChannelId", {"channelId": Maybe(String())}, SlackService.valid_channel_id),
    SubAction(
        "postMessage",
        {
            **_channels(String(min_length=2, max_length=200, validate=_named)),
            "text": String(min_length=1),
        },
        SlackService.post_message,
    ),
    SubAction(
        "postBlockkit",
        {**_channels(String(validate=_named)), "text": String(validate=_block_kit)},
        SlackService.post_block_kit,
    ),
    _unsupported(
        "getConversationsList",
        {"types": Maybe(String()), "excludeArchived": Maybe(Boolean()), **_PAGE},
    ),
    _unsupported(
        "getConversationsHistory",
        {"channel": String(min_length=1), "oldest": Maybe(Number()), **_PAGE},
    ),
    _unsupported(
        "getConversationsReplies", {"channel": String(min_length=1), "ts": String(min_length=1)}
    ),
    _unsupported("getUsersList", _PAGE),
    _unsupported(
        "getChannelDigest",
        {
            "since": Number(min=0),
            "types": ArrayOf(_TYPES, min_size=1),
            "keywords": Maybe(ArrayOf(String())),
        },
    ),
    discriminator=None,
)


class SlackApi(ConnectorType):
    """Does one sub-action a run."""

    id = ".slack_api"
    config = Config()
    secrets = Secrets()
    params = _SUB_ACTIONS.params
    party = SlackWebApi()
    answers_as = ".slack_api"  # a constant in the place of the connector's id (`api.ts`)
    example = {  # noqa: RUF012
        "subAction": "postMessage",
        "subActionParams": {"channelIds": ["C07ABCDEF12"], "text": "hello, world"},
    }

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Refuse all of them where Slack's own host is not allowed."""
        text = refused_url(f"{_BASE}/", settings)
        return text and f"error configuring slack action: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action and return Slack's answer."""
        return _SUB_ACTIONS.run(SlackService(run), params)
