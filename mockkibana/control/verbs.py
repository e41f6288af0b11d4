"""The verbs of control, in one table: HTTP routes, the remote client and the list come from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

MOUNT = "/_mock/api"


class Takes(Enum):
    """What a verb is given beside the names in its path, and how that travels over HTTP."""

    NOTHING = auto()
    VALUE = auto()  # a JSON value: the body
    ARGUMENTS = auto()  # some of `Verb.arguments`, by name: the body, an object
    QUERY = auto()  # conditions by name: the query
    CONDITIONS = auto()  # the same, as the query, as a body, or as both
    SECRETS = auto()  # `secrets`, a boolean, in the query; true only from whoever sends the token
    SEED = auto()  # a seed: JSON, or a text that is JSON or YAML


@dataclass(frozen=True, slots=True)
class Verb:
    """A row of the table: what a method of the control plane is over HTTP.

    `path` is below `MOUNT`; its placeholders are the method's first arguments, in order. `does` is
    told to people. An answer has the `status`, and is offered as a `file` of that name.
    """

    name: str
    method: str
    path: str
    does: str
    takes: Takes = Takes.NOTHING
    arguments: tuple[str, ...] = ()
    status: int = 200
    file: str | None = None

    @property
    def placeholders(self) -> list[str]:
        """The names in the path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def is_of_server(self) -> bool:
        """Whether it is about the worlds of a server, and no single one."""
        return self.path.startswith("/worlds")


_CLOCK = 'One of {"freeze": TIME or true}, {"set": TIME}, {"advance": "21h"}, {"resume": true}.'
_JOURNAL = (
    "The calls that match ?connector=, space=, route=, status=, since= and the like; "
    "wait=5s waits for the first, or for count=."
)
_RESET = 'Puts the world back to its start: {"empty": to nothing, "parts": [some of it only]}.'
_SETTINGS = "Replaces the settings until the next reset; what is left out has its default."
_SNAPSHOT = "The state as a seed file; ?secrets=true with the token only."

VERBS = (
    Verb("index", "GET", "/", "This list."),
    Verb("state", "GET", "/state", "How much there is of each part."),
    Verb("reset", "POST", "/reset", _RESET, Takes.ARGUMENTS, ("empty", "parts")),
    Verb("seed", "POST", "/seed", "Adds a seed, JSON or YAML, to what is there.", Takes.SEED),
    Verb("snapshot", "GET", "/snapshot", _SNAPSHOT, Takes.SECRETS, file="mockkibana-seed.json"),
    Verb("snapshots", "GET", "/snapshots", "The snapshots in memory."),
    Verb(
        "save_snapshot",
        "PUT",
        "/snapshots/{name}",
        "Keeps the state, secrets included, in memory.",
    ),
    Verb("delete_snapshot", "DELETE", "/snapshots/{name}", "Forgets a snapshot."),
    Verb("restore_snapshot", "POST", "/snapshots/{name}/_restore", "Makes a snapshot the state."),
    Verb("settings", "GET", "/settings", "The settings."),
    Verb("put_settings", "PUT", "/settings", _SETTINGS, Takes.VALUE),
    Verb("journal", "GET", "/journal", _JOURNAL, Takes.QUERY),
    Verb(
        "count",
        "POST",
        "/journal/_count",
        "How many calls match a query, also as an object.",
        Takes.CONDITIONS,
    ),
    Verb(
        "har",
        "GET",
        "/journal/_har",
        "The calls that match a query as an HTTP archive.",
        Takes.QUERY,
        file="mockkibana.har",
    ),
    Verb("clear_journal", "DELETE", "/journal", "Forgets all calls."),
    Verb("faults", "GET", "/faults", "The fault rules."),
    Verb("add_fault", "POST", "/faults", "Adds a fault rule.", Takes.VALUE, status=201),
    Verb("clear_faults", "DELETE", "/faults", "Takes all rules away."),
    Verb("fault", "GET", "/faults/{id}", "One rule, and what it has consumed."),
    Verb("remove_fault", "DELETE", "/faults/{id}", "Takes a rule away."),
    Verb("clock", "GET", "/clock", "The world's time."),
    Verb("put_clock", "PUT", "/clock", _CLOCK, Takes.VALUE),
    Verb("log", "GET", "/log", "Kibana's log."),
    Verb("clear_log", "DELETE", "/log", "Forgets the log."),
    Verb("bugs", "GET", "/bugs", "What went wrong in mockkibana itself."),
    Verb("worlds", "GET", "/worlds", "The worlds below /_mock/worlds/, and what each holds."),
    Verb("delete_world", "DELETE", "/worlds/{name}", "Forgets a world and all that it holds."),
)

BY_NAME = {verb.name: verb for verb in VERBS}
