"""The answers of faults: what each face says with a status, where a rule gives no body."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from importlib.resources import files

from mockkibana.faults.facts import CallFacts, Facts
from mockkibana.http.messages import Answer
from mockkibana.json import Json, loads

# Guess: some bodies in the data. Elasticsearch's 403 is what its bulk says, which is all that a run
# asks of it; its 500 and all others are the classes that carry any status. Jira's 403 is what
# creating an issue says; its 429 has the known words in the shape of its other errors.
_TEXT = "text/plain; charset=utf-8"


@cache
def _shipped() -> dict[str, Json]:
    text = files("mockkibana.fixtures").joinpath("faults.json").read_text(encoding="utf-8")
    value: dict[str, Json] = loads(text)
    return value


def reason(status: int) -> str:
    """Return the reason phrase of a status as Kibana's HTTP library (hapi's boom) words it."""
    told = _shipped()["reasons"].get(str(status))
    if told is not None:
        return str(told)
    # Python's phrases of the few others are the same, whatever its version.
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else "Unknown"


def face_answer(
    facts: Facts, status: int, body: Json = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Return what the face, or the backend, that a request goes to answers with a status.

    Without a `body` (None) an error gets the face's own envelope, and a success none. `headers`
    have lower-case names and win over those of the face.
    """
    face = _shipped()["faces"][facts.face if isinstance(facts, CallFacts) else facts.backend]
    own: dict[str, str] = {**face["headers"]}
    if body is None and status >= 400:
        body = _filled(face["bodies"].get(str(status), face["bodies"]["other"]), facts, status)
        own |= face["headers_of"].get(str(status), {})
    elif body is None:
        del own["content-type"]
    elif isinstance(body, str):
        own["content-type"] = _TEXT
    return Answer(status, body, {**own, **(headers or {})})


def _filled(template: Json, facts: Facts, status: int) -> Json:
    """Return a body with its placeholders filled in."""
    if isinstance(template, dict):
        filled = {key: _filled(value, facts, status) for key, value in template.items()}
        if set(filled) == {"type", "reason"}:
            # Elasticsearch's envelope shows the error twice: once as its own root.
            return {"error": {"root_cause": [filled], **filled}, "status": status}
        return filled
    if isinstance(template, list):
        return [_filled(value, facts, status) for value in template]
    if template == "{status}":
        return status
    if isinstance(template, str):
        index = facts.path.strip("/").partition("?")[0].partition("/")[0]
        for name, value in (("reason", reason(status)), ("path", facts.path), ("index", index)):
            template = template.replace(f"{{{name}}}", value)
    return template
