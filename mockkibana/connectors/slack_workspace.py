"""The Slack workspace behind `.slack_api`: its channels, and what its Web API says of them."""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import parse_qs

from mockkibana.http.messages import Answer
from mockkibana.json import Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import Boolean, Maybe, Object, String

_HEADERS = {"content-type": "application/json; charset=utf-8"}
_ID = re.compile("[CDG][0-9A-Z]+")
_NAME = re.compile(r"#?[^\sA-Z#@.,:;!?()\[\]{}<>*/\\\"']+")


class _Refused(Exception):
    """Slack says no: the text is its word for why."""


class SlackWebApi(Party):
    """Slack's Web API. What it keeps are channels by id: `name`, `is_archived`, `is_private`, ...

    While it keeps none, the workspace has every channel whose id or name could be one.
    """

    name = "slack_api"
    records = {  # noqa: RUF012
        "slack_api": Object(
            {
                "name": Maybe(String()),
                "is_archived": Maybe(Boolean()),
                "is_private": Maybe(Boolean()),
                "is_member": Maybe(Boolean()),
            },
            unknowns="allow",
        )
    }

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer `conversations.info` and `chat.postMessage`; 200 even to what fails."""
        method, _, query = message.path.partition("?")
        try:
            if method == "/conversations.info":
                found = self._channel(parse_qs(query).get("channel", [""])[0], box)
                answer: Record = {"channel": {"is_channel": True, **found}}
            elif method == "/chat.postMessage":
                answer = self._posted(message.body, box)
            else:
                raise _Refused("unknown_method")
        except _Refused as refused:
            return Answer(200, {"ok": False, "error": str(refused)}, _HEADERS)
        return Answer(200, {"ok": True, **answer}, _HEADERS)

    def _posted(self, body: Record, box: Box) -> Record:
        channel = self._channel(body["channel"], box, by_name=True)
        if channel["is_archived"]:
            raise _Refused("is_archived")
        if channel.get("is_member") is False:
            raise _Refused("not_in_channel")
        if "blocks" in body and not isinstance(body["blocks"], list):
            raise _Refused("invalid_blocks_format")
        if not (body.get("text") or body.get("blocks")):
            raise _Refused("no_text")
        number = box.state(self).number("message")
        ts = f"{box.clock.milliseconds() // 1000}.{number % 1_000_000:06d}"
        bot = "B" + box.ids.bytes("slack-bot", 5).hex().upper()
        # Guess: which of its keys a message of Slack's has; only some are documented.
        message = {key: body[key] for key in ("text", "blocks") if key in body}
        about = {"type": "message", "subtype": "bot_message", "ts": ts, "bot_id": bot}
        return {"channel": channel["id"], "ts": ts, "message": {**about, **message}}

    def _channel(self, told: str, box: Box, *, by_name: bool = False) -> Record:
        """Return a channel; only a message goes by a name, with a `#` or without."""
        channels, name = box.state(self).rows(), told.removeprefix("#")
        for id_, channel in channels.items():
            if id_ == told or (by_name and channel.get("name") == name):
                return {"is_archived": False, "is_private": False, **channel, "id": id_}
        if channels or not (_ID.fullmatch(told) or (by_name and _NAME.fullmatch(told))):
            raise _Refused("channel_not_found")
        allowed = box.config.get("allowedChannels", ())
        names = {each["id"]: each["name"] for each in allowed if "id" in each}
        id_ = told if _ID.fullmatch(told) else f"C{sha256(name.encode()).hexdigest()[:10].upper()}"
        shown = names.get(id_, "general" if id_ == told else name)
        return {"id": id_, "name": shown, "is_archived": False, "is_private": False}
