"""The routes of `/_mock/api`: one table of methods, paths and the verbs they lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mockkibana.control.errors import ControlError, bad_request
from mockkibana.control.plane import ControlPlane
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads

MOUNT = "/_mock/api"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for control: `trusted` tells whether it carries the token."""

    plane: ControlPlane
    query: dict[str, str]
    body: bytes
    content_type: str
    trusted: bool

    def json(self) -> Json:
        """Return the body as a value."""
        try:
            return loads(self.body)
        except Malformed as error:
            raise bad_request(f"The body is no JSON: {error}.") from None

    def arguments(self, *names: str) -> dict[str, Json]:
        """Return the body, an object or nothing, of which these keys are known."""
        value = self.json() if self.body.strip() else {}
        if not isinstance(value, dict):
            raise bad_request(f"The body is {self.body[:80]!r}; expected an object.")
        _check_names("key", value, names)
        return value

    def options(self, *names: str) -> dict[str, str]:
        """Return the query, of which these parameters are known."""
        _check_names("parameter", self.query, names)
        return self.query


def _check_names(what: str, given: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            raise bad_request(
                f"{name!r} is an unknown {what}; expected some of {', '.join(names)}."
            )


View = Callable[..., Json]


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table: `view` takes an `Asked` and the placeholders of the path."""

    method: str
    path: str
    does: str
    view: View


def _index(asked: Asked) -> Json:  # noqa: ARG001 - it is the same for all
    return [
        {"method": route.method, "path": f"{MOUNT}{route.path}", "does": route.does}
        for route in ROUTES
    ]


def _seed(asked: Asked) -> Json:
    kind = asked.content_type.partition(";")[0].strip().lower()
    if kind == "application/json" or kind.endswith("+json"):
        return asked.plane.seed(asked.json())
    try:
        text = asked.body.decode()
    except UnicodeDecodeError:
        raise bad_request("The seed is no UTF-8 text; expected JSON or YAML.") from None
    try:
        return asked.plane.seed(text)
    except ControlError as error:
        if kind != "application/x-www-form-urlencoded":
            raise
        raise bad_request(f"{error} With curl use --data-binary: -d drops line ends.") from None


def _snapshot(asked: Asked) -> Json:
    secrets = asked.options("secrets").get("secrets", "false")
    if secrets not in ("true", "false", ""):
        raise bad_request(f"secrets is {secrets!r}; expected true or false.")
    if secrets != "false" and not asked.trusted:
        raise ControlError(
            403,
            "Secrets are told to those only who send the token: start the server with --token "
            "(MOCKKIBANA_TOKEN) and send it as 'Authorization: Bearer TOKEN'.",
        )
    content = asked.plane.snapshot(secrets=secrets != "false")
    return _file(content, "mockkibana-seed.json")


def _count(asked: Asked) -> Json:
    arguments = asked.json() if asked.body.strip() else {}
    if not isinstance(arguments, dict):
        raise bad_request(f"The body is {asked.body[:80]!r}; expected an object.")
    return asked.plane.count(**{**asked.query, **arguments})


def _file(content: Json, name: str) -> Answer:
    return Answer(200, content, {"content-disposition": f'attachment; filename="{name}"'})


ROUTES = (
    Route("GET", "/", "This list.", _index),
    Route("GET", "/state", "How much there is of each part.", lambda asked: asked.plane.state()),
    Route(
        "POST",
        "/reset",
        'Puts the world back to its start: {"empty": to nothing, "parts": [some of it only]}.',
        lambda asked: asked.plane.reset(**asked.arguments("empty", "parts")),
    ),
    Route("POST", "/seed", "Adds a seed, JSON or YAML, to what is there.", _seed),
    Route(
        "GET",
        "/snapshot",
        "The state as a seed file; ?secrets=true with the token only.",
        _snapshot,
    ),
    Route(
        "GET",
        "/snapshots",
        "The snapshots in memory.",
        lambda asked: asked.plane.snapshots(),
    ),
    Route(
        "PUT",
        "/snapshots/{name}",
        "Keeps the state, secrets included, in memory.",
        lambda asked, name: asked.plane.save_snapshot(name),
    ),
    Route(
        "DELETE",
        "/snapshots/{name}",
        "Forgets a snapshot.",
        lambda asked, name: asked.plane.delete_snapshot(name),
    ),
    Route(
        "POST",
        "/snapshots/{name}/_restore",
        "Makes a snapshot the state.",
        lambda asked, name: asked.plane.restore_snapshot(name),
    ),
    Route("GET", "/settings", "The settings.", lambda asked: asked.plane.settings()),
    Route(
        "PUT",
        "/settings",
        "Replaces the settings until the next reset; what is left out has its default.",
        lambda asked: asked.plane.put_settings(asked.json()),
    ),
    Route(
        "GET",
        "/journal",
        "The calls that match ?connector=, space=, route=, status=, since= and the like; "
        "wait=5s waits for the first, or for count=.",
        lambda asked: asked.plane.journal(**asked.query),
    ),
    Route("POST", "/journal/_count", "How many calls match a query, also as an object.", _count),
    Route(
        "GET",
        "/journal/_har",
        "The calls that match a query as an HTTP archive.",
        lambda asked: _file(asked.plane.har(**asked.query), "mockkibana.har"),
    ),
    Route("DELETE", "/journal", "Forgets all calls.", lambda asked: asked.plane.clear_journal()),
    Route("GET", "/faults", "The fault rules.", lambda asked: asked.plane.faults()),
    Route(
        "POST",
        "/faults",
        "Adds a fault rule.",
        lambda asked: Answer(201, asked.plane.add_fault(asked.json())),
    ),
    Route("DELETE", "/faults", "Takes all rules away.", lambda asked: asked.plane.clear_faults()),
    Route(
        "GET",
        "/faults/{id}",
        "One rule, and what it has consumed.",
        lambda asked, id: asked.plane.fault(id),  # noqa: A006
    ),
    Route(
        "DELETE",
        "/faults/{id}",
        "Takes a rule away.",
        lambda asked, id: asked.plane.remove_fault(id),  # noqa: A006
    ),
    Route("GET", "/clock", "The world's time.", lambda asked: asked.plane.clock()),
    Route(
        "PUT",
        "/clock",
        'One of {"freeze": TIME or true}, {"set": TIME}, {"advance": "21h"}, {"resume": true}.',
        lambda asked: asked.plane.put_clock(asked.json()),
    ),
    Route("GET", "/log", "Kibana's log.", lambda asked: asked.plane.log()),
    Route("DELETE", "/log", "Forgets the log.", lambda asked: asked.plane.clear_log()),
    Route(
        "GET",
        "/bugs",
        "What went wrong in mockkibana itself.",
        lambda asked: asked.plane.bugs(),
    ),
    Route(
        "GET",
        "/worlds",
        "The worlds below /_mock/worlds/, and what each holds.",
        lambda asked: asked.plane.worlds(),
    ),
    Route(
        "DELETE",
        "/worlds/{name}",
        "Forgets a world and all that it holds.",
        lambda asked, name: asked.plane.delete_world(name),
    ),
)
