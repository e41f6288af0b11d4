"""A delivery as a value: the request that a run sent, and the answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from mockkibana.json import Json, Malformed, loads

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a run sent to a third party, of any connector type.

    `url`, `headers` and `body` are as the third party got them, secrets redacted; `status` and
    `answer` are what it said. `connector` and `type` are ids, `space` is the space of the run, `at`
    the time in ISO 8601; `seq` counts deliveries from 1. `record` is all of it as JSON.
    """

    seq: int
    at: str
    space: str
    connector: str
    type: str
    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    status: int
    answer: Any = field(repr=False)
    record: DeliveryRecord = field(repr=False, compare=False)

    @property
    def json(self) -> Any:
        """The body as a JSON value, None where it is none."""
        return json_of(self.body)

    def __str__(self) -> str:
        return f"#{self.seq} {self.type} {self.method} {self.url} {self.status}"

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the delivery as this kind of thing, or None where it is another."""
        return cls(**common(delivery))


def common(delivery: DeliveryRecord) -> dict[str, Any]:
    """Return what every kind of `Sent` is made of."""
    request, response = delivery["request"], delivery["response"]
    return {
        "seq": delivery["seq"],
        "at": delivery["at"],
        "space": delivery["space"],
        "connector": delivery["connector_id"],
        "type": delivery["connector_type_id"],
        "method": request["method"],
        "url": request["url"],
        "headers": request["headers"],
        "body": request["body"],
        "status": response["status"],
        "answer": response["body"],
        "record": delivery,
    }


def json_of(body: Json) -> Json:
    """Return a body as a JSON value; a text that is no JSON is None."""
    if not isinstance(body, str):
        return body
    try:
        return loads(body)
    except Malformed:
        return None


def dig(value: Json, *path: str | int) -> Json:
    """Return what stands at a path of keys and places, or None."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and -1 <= step < len(value):
            value = value[step] if value else None
        else:
            return None
    return value


def text_of(value: Json) -> str:
    """Return a text as it is, a number as text, and nothing for whatever else."""
    return str(value) if isinstance(value, str | int | float) else ""


def texts_of(value: Json) -> tuple[str, ...]:
    """Return a list of texts, empty for what is none."""
    return tuple(map(text_of, value)) if isinstance(value, list) else ()


def objects_of(value: Json) -> list[dict[str, Any]]:
    """Return the objects of a list, none for what is no list."""
    found = value if isinstance(value, list) else ()
    return [item for item in found if isinstance(item, dict)]
