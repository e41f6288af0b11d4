"""What a request for control gives to its verb: a body, a query, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mockkibana.control.errors import ControlError, bad_request
from mockkibana.control.plane import ControlPlane
from mockkibana.control.verbs import Kind, Verb
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads

_FLAGS = {"true": True, "": True, "false": False}


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A request for control: `trusted` tells whether it carries the token."""

    query: dict[str, str]
    body: bytes
    content_type: str
    trusted: bool

    def ask(self, plane: ControlPlane, verb: Verb, names: dict[str, str]) -> Answer:
        """Return what a verb answers. Raises `ControlError`."""
        values = [*names.values(), *([self._value(verb)] if verb.value else [])]
        try:
            content = getattr(plane, verb.name)(*values, **self._given(verb))
        except ControlError as error:
            if verb.is_text and self._media_type == "application/x-www-form-urlencoded":
                advice = "With curl use --data-binary: -d drops line ends."
                raise bad_request(f"{error} {advice}") from None
            raise
        disposition = f'attachment; filename="{verb.file}"'
        return Answer(
            verb.status, content, {"content-disposition": disposition} if verb.file else {}
        )

    @property
    def _media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    def _value(self, verb: Verb) -> Json:
        is_json = self._media_type == "application/json" or self._media_type.endswith("+json")
        if is_json or not verb.is_text:
            return self._json()
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            name = verb.value.lower()
            raise bad_request(f"The {name} is no UTF-8 text; expected JSON or YAML.") from None

    def _given(self, verb: Verb) -> dict[str, Json]:
        """Return the arguments by name: those of the query, and of the body where there is one."""
        if not verb.arguments:
            return {}
        body = self._object() if verb.method != "GET" else {}
        if not verb.asks_journal:  # which says itself what it can be asked for
            names = [argument.name for argument in verb.arguments]
            _check_names("parameter", self.query, names)
            _check_names("key", body, names)
        given: dict[str, Json] = {**self.query, **body}
        for argument in verb.arguments:
            name = argument.name
            if argument.kind in _READERS and name in self.query and name not in body:
                given[name] = _READERS[argument.kind](name, self.query[name])
            if argument.is_trusted and given.get(name) and not self.trusted:
                raise ControlError(
                    403,
                    "Secrets are shown only to who sends the token: start the server with "
                    "--token (MOCKKIBANA_TOKEN) and send it as 'Authorization: Bearer TOKEN'.",
                )
        return given

    def _json(self) -> Json:
        try:
            return loads(self.body)
        except Malformed as error:
            raise bad_request(f"The body is no JSON: {error}.") from None

    def _object(self) -> dict[str, Json]:
        value = self._json() if self.body.strip() else {}
        if not isinstance(value, dict):
            raise bad_request(f"The body is {self.body[:80]!r}; expected an object.")
        return value


def _flag(name: str, text: str) -> bool:
    if text not in _FLAGS:
        raise bad_request(f"{name} is {text!r}; expected true or false.")
    return _FLAGS[text]


def _texts(_: str, text: str) -> list[str]:
    return text.split(",") if text else []


_READERS: dict[Kind, Callable[[str, str], Json]] = {Kind.FLAG: _flag, Kind.TEXTS: _texts}
"""What makes a value of a text in a query; a text is all that the others need."""


def _check_names(what: str, given: Iterable[str], names: list[str]) -> None:
    for name in given:
        if name not in names:
            raise bad_request(
                f"{name!r} is an unknown {what}; expected some of {', '.join(names)}."
            )
