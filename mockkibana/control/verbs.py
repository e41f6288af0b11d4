"""The verbs of control, in one table: HTTP routes, list, remote client, handle and commands.

To add one, write its row here, and its function: the method of `ControlPlane` that has its name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import get_args

from mockkibana.choices import Face, Part

MOUNT = "/_mock/api"


class Kind(Enum):
    """How an argument is written: as JSON, as text in a query, and as an option of a command."""

    FLAG = auto()  # true or false; an option without a value
    TEXT = auto()
    TEXTS = auto()  # a list of texts; commas between them; an option that may be repeated
    CHOICE = auto()  # one of `Argument.choices`
    NUMBER = auto()  # from 1 on
    STATUS = auto()  # a number, `ok` or `error`
    MOMENT = auto()  # the number of a call, or a time in ISO 8601
    DURATION = auto()  # seconds, or a text such as `5s`


@dataclass(frozen=True, slots=True)
class Argument:
    """What a verb is given by name; `help` is shown to people.

    As an option of a command it is called `option`, where its name will not do, and its value
    `metavar`. One that `is_trusted` needs the server's token. The first of the `choices` is the
    default.
    """

    name: str
    kind: Kind
    help: str = ""
    option: str = ""
    metavar: str | None = None
    is_trusted: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of the table: what a method of the control plane is over HTTP, and as a command.

    `path` is below `MOUNT`; its placeholders are the method's first arguments, in order. After them
    comes what the body holds, if it is one `value` (its name, for people); with `is_text` that may
    also be a text which is no JSON. `arguments` are given by name: in the query, or with other
    methods than GET in the body, an object.

    `does` is shown to people. An answer has the `status`, and is offered as a `file` of that name.
    """

    name: str
    method: str
    path: str
    does: str
    arguments: tuple[Argument, ...] = ()
    value: str = ""
    is_text: bool = False
    status: int = 200
    file: str | None = None

    def shown(self) -> dict[str, str | dict[str, str]]:
        """Return what the list shows of it, as plain JSON."""
        shown: dict[str, str | dict[str, str]] = {
            "method": self.method,
            "path": f"{MOUNT}{self.path}",
            "does": self.does,
        }
        if self.arguments:
            shown["arguments"] = {argument.name: argument.help for argument in self.arguments}
        return shown

    @property
    def placeholders(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def command(self) -> str:
        """The name of the command that it is, unless one that was made by hand does it."""
        return self.name.replace("_", "-")

    @property
    def is_of_server(self) -> bool:
        """Whether it is about the worlds of a server, and no single one."""
        return self.path.startswith("/worlds")

    @property
    def is_question(self) -> bool:
        """Whether it is asked for its answer, and changes nothing."""
        return self.method == "GET" or self.asks_journal

    @property
    def asks_journal(self) -> bool:
        """Whether its arguments are a query of the journal."""
        return self.arguments is QUERY


CONDITIONS = (
    Argument("connector", Kind.TEXT, "Runs of this connector.", metavar="ID"),
    Argument("connector_type", Kind.TEXT, "Runs of connectors of this type.", metavar="ID"),
    Argument("space", Kind.TEXT, metavar="ID"),
    Argument(
        "route", Kind.TEXT, "Such as /api/actions/connector/{id}/_execute.", metavar="PATTERN"
    ),
    Argument("status", Kind.STATUS, "Of the answer (200), or of a run (ok, error)."),
    Argument("method", Kind.TEXT),
    Argument("path", Kind.TEXT, "Of the request; * stands for anything."),
    Argument("user", Kind.TEXT, "Who sent it, where security is on.", metavar="NAME"),
    Argument("face", Kind.CHOICE, choices=get_args(Face)),
    Argument("since", Kind.MOMENT, "Newer calls only.", metavar="NUMBER|TIME"),
    Argument("until", Kind.MOMENT, "No newer calls.", metavar="NUMBER|TIME"),
)
"""Conditions on the calls of the journal."""

QUERY = (
    *CONDITIONS,
    Argument("limit", Kind.NUMBER, "The last N of them only.", metavar="N"),
    Argument("wait", Kind.DURATION, "Wait so long for a call, or for --count N of them."),
    Argument("count", Kind.NUMBER, "How many calls to wait for.", metavar="N"),
)
"""What the journal can be asked: which calls, how many of them, and how long to wait for them."""

OUTBOX = (
    Argument("type", Kind.TEXT, "By connectors of this type.", metavar="ID"),
    Argument("connector", Kind.TEXT, "By this connector.", metavar="ID"),
    Argument("space", Kind.TEXT, metavar="ID"),
    Argument("since", Kind.MOMENT, "Newer deliveries only.", metavar="NUMBER|TIME"),
    Argument("wait", Kind.DURATION, "Wait so long for a delivery, or for --count N of them."),
    Argument("count", Kind.NUMBER, "How many deliveries to wait for.", metavar="N"),
)
"""What the outbox can be asked: which deliveries, and how long to wait for how many of them."""

_EMPTY = Argument("empty", Kind.FLAG, "To nothing, not to what the server started with.")
_PARTS = Argument(
    "parts", Kind.TEXTS, f"Only this part: {', '.join(get_args(Part))}. Repeatable.", option="part"
)
_SECRETS = Argument(
    "secrets", Kind.FLAG, "With secrets, passwords and keys; needs the token.", is_trusted=True
)
_CLOCK = 'One of {"freeze": TIME or true}, {"set": TIME}, {"advance": "21h"}, {"resume": true}.'
_SETTINGS = "Replace the settings until the next reset; what is left out has its default."
_AI_REPLY = 'Script a completion: {"text", "tool_calls", "usage", "prompt", "connector_type"}.'
_SNAPSHOT = "The state as a seed file."

_TABLE = (
    Verb("index", "GET", "/", "This list."),
    Verb("state", "GET", "/state", "How much there is of each part."),
    Verb("reset", "POST", "/reset", "Put the world back to its start.", (_EMPTY, _PARTS)),
    Verb("seed", "POST", "/seed", "Add a seed, JSON or YAML.", value="SEED", is_text=True),
    Verb("snapshot", "GET", "/snapshot", _SNAPSHOT, (_SECRETS,), file="mockkibana-seed.json"),
    Verb("snapshots", "GET", "/snapshots", "The snapshots in memory."),
    Verb("save_snapshot", "PUT", "/snapshots/{name}", "Keep the state, with secrets, in memory."),
    Verb("delete_snapshot", "DELETE", "/snapshots/{name}", "Forget a snapshot."),
    Verb("restore_snapshot", "POST", "/snapshots/{name}/_restore", "Make a snapshot the state."),
    Verb("settings", "GET", "/settings", "The settings."),
    Verb("put_settings", "PUT", "/settings", _SETTINGS, value="SETTINGS"),
    Verb("journal", "GET", "/journal", "The calls that match, after a wait.", QUERY),
    Verb("count", "POST", "/journal/_count", "How many calls match.", QUERY),
    Verb(
        "har",
        "GET",
        "/journal/_har",
        "The calls that match, as HAR.",
        CONDITIONS,
        file="mockkibana.har",
    ),
    Verb("clear_journal", "DELETE", "/journal", "Forget all calls."),
    Verb("faults", "GET", "/faults", "The fault rules."),
    Verb("add_fault", "POST", "/faults", "Add a fault rule.", value="RULE", status=201),
    Verb("clear_faults", "DELETE", "/faults", "Take all rules away."),
    Verb("fault", "GET", "/faults/{id}", "One rule, and what it has consumed."),
    Verb("remove_fault", "DELETE", "/faults/{id}", "Take a rule away."),
    Verb("clock", "GET", "/clock", "The world's time."),
    Verb("put_clock", "PUT", "/clock", _CLOCK, value="CHANGE"),
    Verb("log", "GET", "/log", "Kibana's log."),
    Verb("clear_log", "DELETE", "/log", "Forget the log."),
    Verb("outbox", "GET", "/outbox", "What was sent, after a wait.", OUTBOX),
    Verb("clear_outbox", "DELETE", "/outbox", "Forget what was sent."),
    Verb("ai_reply", "POST", "/outbox/ai", _AI_REPLY, value="REPLY", status=201),
    Verb("bugs", "GET", "/bugs", "What went wrong in mockkibana itself."),
    Verb("worlds", "GET", "/worlds", "The worlds below /_mock/worlds/, and what each holds."),
    Verb("delete_world", "DELETE", "/worlds/{name}", "Forget a world and all that it holds."),
)

VERBS = {verb.name: verb for verb in _TABLE}
"""The table: each verb by its name."""
