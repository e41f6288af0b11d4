"""The `.server-log` connector: writes a message to Kibana's log."""

from __future__ import annotations

import re

from mockkibana.connectors.base import ConnectorType, Run
from mockkibana.json import Json
from mockkibana.log import LEVELS
from mockkibana.validation import Literal, OneOf, Schema, String

# Every control character becomes `;`, the tab too: the older copy of Kibana's string_utils.ts.
_CONTROL_CHARACTERS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Params(Schema):
    """The message, and the level to log it at."""

    message = String()
    level = OneOf([Literal(level) for level in LEVELS], load_default="info")


class ServerLog(ConnectorType):
    """Writes the message of a run to Kibana's log."""

    id = ".server-log"
    params = Params()
    example = {"level": "warn", "message": "Test warning message"}  # noqa: RUF012

    def execute(self, run: Run, params: Json) -> None:
        """Write the message, control characters replaced."""
        message = _CONTROL_CHARACTERS.sub(";", params["message"])
        run.log.write(params["level"], f"Server log: {message}")
