"""The `.slack_api` connector: posts messages and block kits to channels by Slack's Web API."""

from __future__ import annotations

from urllib.parse import parse_qs, quote

from mockkibana.connectors.base import ConnectorType, Failed, Run
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, Record, loads
from mockkibana.json_errors import json_error
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import ArrayOf, Maybe, Object, Schema, String

_BASE = "https://slack.com/api"
_HEADERS = {"content-type": "application/json; charset=utf-8"}
_POSTING = "error posting slack message"


class SlackWebApi(Party):
    """Slack's Web API, in a workspace that has every channel: a name is as good as an id."""

    name = "slack_api"

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer `conversations.info` and `chat.postMessage`; 200 even to what fails."""
        method, _, query = message.path.partition("?")
        if method == "/conversations.info":
            channel = parse_qs(query).get("channel", [""])[0]
            answer: Record = {"channel": _channel(channel, box.config)}
        elif method == "/chat.postMessage":
            answer = _posted(message.body, box)
        else:
            return Answer(200, {"ok": False, "error": "unknown_method"}, _HEADERS)
        return Answer(200, {"ok": True, **answer}, _HEADERS)


def _channel(id_: str, config: Json) -> Record:
    names = {channel["id"]: channel["name"] for channel in config.get("allowedChannels", ())}
    return {
        "id": id_,
        "name": names.get(id_, "general"),
        "is_channel": True,
        "is_archived": False,
        "is_private": False,
    }


def _posted(body: Json, box: Box) -> Record:
    ts = f"{box.clock.milliseconds() // 1000}.{len(box.run.outbound):06d}"
    bot = "B" + box.ids.bytes("slack-bot", 5).hex().upper()
    # Guess: which of its keys a message of Slack's has; only some are documented.
    message = {key: body[key] for key in ("text", "blocks") if key in body}
    about = {"type": "message", "subtype": "bot_message", "ts": ts, "bot_id": bot}
    return {"channel": body["channel"], "ts": ts, "message": {**about, **message}}


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

    id = String(min_length=1)
    name = String(min_length=1)


class Config(Schema):
    """The channels that runs may post to; without any, all of them."""

    allowedChannels = Maybe(ArrayOf(Object(AllowedChannel()), max_size=25))  # noqa: N815


class Secrets(Schema):
    """The token of a Slack app."""

    token = String(min_length=1)


class SlackService:
    """One run's conversation with Slack. Every method raises `Failed` (`slack_api/service.ts`)."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._axios = axios.Axios(run.send)
        channels = run.config.get("allowedChannels", ())
        self._allowed = [channel["id"] for channel in channels]

    def valid_channel_id(self, params: Json) -> Json:
        """Return what Slack knows of a channel."""
        channel = params.get("channelId")
        if not channel:
            raise Failed(_POSTING, "The channel id is empty")
        return self._ask("GET", f"conversations.info?channel={quote(channel, safe='')}")

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


_CHANNELS = {
    "channels": Maybe(ArrayOf(String(), max_size=1)),
    "channelIds": Maybe(ArrayOf(String(), max_size=1)),
}
_SUB_ACTIONS = SubActions[SlackService](
    SubAction("validChannelId", {"channelId": Maybe(String())}, SlackService.valid_channel_id),
    SubAction(
        "postMessage", {**_CHANNELS, "text": String(min_length=1)}, SlackService.post_message
    ),
    SubAction(
        "postBlockkit",
        {**_CHANNELS, "text": String(validate=_block_kit)},
        SlackService.post_block_kit,
    ),
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
