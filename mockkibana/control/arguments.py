"""What a request for control gives to its verb: a body, a query, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mockkibana.control.errors import ControlError, bad_request
from mockkibana.control.plane import ControlPlane
from mockkibana.control.verbs import Takes, Verb
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads


@dataclass(frozen=True, slots=True)
class ControlRequest:
    """A request for control: `trusted` tells whether it carries the token."""

    query: dict[str, str]
    body: bytes
    content_type: str
    trusted: bool

    def ask(self, plane: ControlPlane, verb: Verb, names: dict[str, str]) -> Answer:
        """Return what a verb answers. Raises `ControlError`."""
        values, conditions = self._arguments(verb)
        try:
            content = getattr(plane, verb.name)(*names.values(), *values, **conditions)
        except ControlError as error:
            if verb.takes is Takes.SEED and self._kind == "application/x-www-form-urlencoded":
                advice = "With curl use --data-binary: -d drops line ends."
                raise bad_request(f"{error} {advice}") from None
            raise
        disposition = f'attachment; filename="{verb.file}"'
        return Answer(
            verb.status, content, {"content-disposition": disposition} if verb.file else {}
        )

    def _arguments(self, verb: Verb) -> tuple[list[Json], dict[str, Json]]:
        match verb.takes:
            case Takes.VALUE:
                return [self._json()], {}
            case Takes.ARGUMENTS:
                given = self._object()
                _check_names("key", given, verb.arguments)
                return [], given
            case Takes.QUERY:
                return [], {**self.query}
            case Takes.CONDITIONS:
                return [], {**self.query, **self._object()}
            case Takes.SECRETS:
                return [], {"secrets": self._secrets()}
            case Takes.SEED:
                return [self._seed()], {}
            case Takes.NOTHING:
                return [], {}

    @property
    def _kind(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

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

    def _seed(self) -> Json:
        if self._kind == "application/json" or self._kind.endswith("+json"):
            return self._json()
        try:
            return self.body.decode()
        except UnicodeDecodeError:
            raise bad_request("The seed is no UTF-8 text; expected JSON or YAML.") from None

    def _secrets(self) -> bool:
        _check_names("parameter", self.query, ("secrets",))
        secrets = self.query.get("secrets", "false")
        if secrets not in ("true", "false", ""):
            raise bad_request(f"secrets is {secrets!r}; expected true or false.")
        if secrets != "false" and not self.trusted:
            raise ControlError(
                403,
                "Secrets are told to those only who send the token: start the server with --token "
                "(MOCKKIBANA_TOKEN) and send it as 'Authorization: Bearer TOKEN'.",
            )
        return secrets != "false"


def _check_names(what: str, given: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in given:
        if name not in names:
            raise bad_request(
                f"{name!r} is an unknown {what}; expected some of {', '.join(names)}."
            )
