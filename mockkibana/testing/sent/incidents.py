"""Incidents, cases and records that were made or changed in another system."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from mockkibana.json import Json
from mockkibana.testing.sent.delivery import Sent, common, dig, json_of, text_of

if TYPE_CHECKING:
    from mockkibana.records import DeliveryRecord

_OBSERVABLES = re.compile(r"/incident/([^/?]+)/observables")
_RESILIENT = re.compile(r"/incidents(?:/([^/?]+))?(/comments)?(?:\?|\Z)")
_SWIMLANE = re.compile(r"/record(?:/([^/?]+))?(?:/[^/?]+(/comment))?\Z")
_THE_HIVE = re.compile(r"/(?:case|alert)(?:/([^/?]+))?(/comment)?\Z")
_TABLE = re.compile(r"/api/now/v2/table/\w+(?:/([^/?]+))?\Z")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a request does: its action, and id, number and fields of what it is about."""

    action: str
    id: Json = None
    number: Json = None
    fields: Json = None


@dataclass(frozen=True, kw_only=True)
class Incident(Sent):
    """An incident that was made or changed, or that got a comment.

    `action` is `create`, `update` or `comment`. `id` is what its system knows it by (ServiceNow's
    `sys_id`), `number` what people do (`INC0010001`, `ET-1`; the id where there is no other); both
    are empty where the system did not answer them. `fields` are those that were sent, by the
    system's own names.
    """

    action: str
    id: str
    number: str
    fields: dict[str, Any]

    @property
    def sys_id(self) -> str:
        """The id, as ServiceNow calls it."""
        return self.id

    @classmethod
    def of(cls, delivery: DeliveryRecord) -> Self | None:
        """Return the incident; None for what only looks something up."""
        if delivery["request"]["method"] == "GET":
            return None
        change = _CHANGES[delivery["connector_type_id"]](delivery)
        if change is None:
            return None
        id_ = text_of(change.id)
        return cls(
            **common(delivery),
            action=change.action,
            id=id_,
            number=text_of(change.number) or id_,
            fields=change.fields if isinstance(change.fields, dict) else {},
        )


def _servicenow(delivery: DeliveryRecord) -> _Change | None:
    url, body = delivery["request"]["url"], delivery["request"]["body"]
    answer = dig(delivery["response"]["body"], "result")
    if found := _OBSERVABLES.search(url):
        return _Change("update", found[1], None, {"observables": body})
    if "/api/now/import/" in url:
        row = dig(answer, 0)
        fields = {key.removeprefix("u_"): value for key, value in body.items()}
        known = fields.pop("elastic_incident_id", None)
        action = "update" if known else "create"
        return _Change(action, known or dig(row, "sys_id"), dig(row, "display_value"), fields)
    if found := _TABLE.search(url):
        action = "update" if found[1] else "create"
        return _Change(action, found[1] or dig(answer, "sys_id"), dig(answer, "number"), body)
    return None


def _events(delivery: DeliveryRecord) -> _Change | None:
    record = dig(delivery["request"]["body"], "records", 0)
    return None if record is None else _Change("create", None, None, record)


def _resilient(delivery: DeliveryRecord) -> _Change | None:
    found = _RESILIENT.search(delivery["request"]["url"])
    return found and _change(delivery, found[1], found[2], "id", "id")


def _swimlane(delivery: DeliveryRecord) -> _Change | None:
    found = _SWIMLANE.search(delivery["request"]["url"])
    return found and _change(delivery, found[1], found[2], "id", "name")


def _the_hive(delivery: DeliveryRecord) -> _Change | None:
    found = _THE_HIVE.search(delivery["request"]["url"])
    return found and _change(delivery, found[1], found[2], "_id", "number")


def _xsoar(delivery: DeliveryRecord) -> _Change | None:
    is_incident = delivery["request"]["url"].endswith("/incident")
    return _change(delivery, None, None, "id", "id") if is_incident else None


def _cases_webhook(delivery: DeliveryRecord) -> _Change | None:
    """Tell by the answer what a request is: where things are, the connector's config says."""
    # Guess: a tracker says 201 of what is new; one that failed is told by the method.
    created = delivery["response"]["status"] == 201
    body, answer = json_of(delivery["request"]["body"]), delivery["response"]["body"]
    if created or "id" not in (answer if isinstance(answer, dict) else {}):
        action = "update" if delivery["request"]["method"] in ("PUT", "PATCH") else "create"
    else:
        action = "comment" if delivery["request"]["method"] == "POST" else "update"
    return _Change(action, dig(answer, "id"), dig(answer, "key"), body)


def _change(
    delivery: DeliveryRecord, known: str | None, is_comment: str | None, id_: str, number: str
) -> _Change:
    answer = delivery["response"]["body"]
    action = "comment" if is_comment else "update" if known else "create"
    shown = None if is_comment else dig(answer, number)
    return _Change(action, known or dig(answer, id_), shown, delivery["request"]["body"])


_CHANGES: dict[str, Callable[[DeliveryRecord], _Change | None]] = {
    ".servicenow": _servicenow,
    ".servicenow-sir": _servicenow,
    ".servicenow-itom": _events,
    ".resilient": _resilient,
    ".swimlane": _swimlane,
    ".thehive": _the_hive,
    ".xsoar": _xsoar,
    ".cases-webhook": _cases_webhook,
}
TYPES = tuple(_CHANGES)
"""The ids of the connector types that send incidents."""
