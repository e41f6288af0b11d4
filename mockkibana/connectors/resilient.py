"""The `.resilient` connector: pushes incidents to IBM Resilient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from mockkibana.connectors.additional_fields import additional_fields
from mockkibana.connectors.base import Thrown
from mockkibana.connectors.resilient_fields import changes, created
from mockkibana.connectors.resilient_party import Resilient
from mockkibana.connectors.sub_action_framework import (
    Service,
    SubActionConnector,
    push,
    push_params,
    pushed_date,
)
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Field,
    Nullable,
    Number,
    Object,
    Schema,
    String,
)

_CONVERTED = {"text_content_output_format": "objects_convert"}
_FIELD_KEYS = ("name", "input_type", "read_only", "required", "text", "prefix", "values")
_NAMES = {"incidentTypes": "incident_type_ids", "severityCode": "severity_code"}


class Config(Schema):
    """The URL of Resilient, and the organization that incidents go to."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    orgId = String()  # noqa: N815


class Secrets(Schema):
    """An API key, with which Kibana logs in as with a password."""

    apiKeyId = String()  # noqa: N815
    apiKeySecret = String()  # noqa: N815


_FIELDS_OF_INCIDENT = ("name", "description", "externalId", "incidentTypes", "severityCode")
_PUSH = push_params(
    {
        "name": String(),
        "description": Nullable(String()),
        "incidentTypes": Nullable(ArrayOf(Number(coerced=True))),
        "severityCode": Nullable(Number(coerced=True)),
        "additionalFields": additional_fields(
            "additionalFields", (*_FIELDS_OF_INCIDENT, "additionalFields"), 50, since="9.2"
        ),
    }
)


def _open(**fields: Field) -> Object:
    return Object(fields, unknowns="allow")


_CREATED = _open(id=Number(coerced=True), create_date=Number(coerced=True))
_INCIDENT = _open(id=Number(coerced=True), inc_last_modified_date=Number(coerced=True))
_UPDATED = _open(success=Boolean(), message=Nullable(String()))
_VALUES = _open(values=ArrayOf(_open(value=Number(coerced=True), label=String())))
_FIELDS = ArrayOf(
    _open(
        input_type=String(),
        name=String(),
        read_only=Boolean(),
        required=Nullable(String()),
        text=String(),
    )
)


@contextmanager
def _trying(what: str) -> Iterator[None]:
    """Say of whatever is thrown what could not be done."""
    try:
        yield
    except Thrown as thrown:
        raise Thrown(f"[Action][IBM Resilient]: Unable to {what}. Error: {thrown.text}.") from None


def _ask(service: Service, method: str, path: str, data: Json = None, **options: Any) -> Json:
    config, secrets = service.config, service.secrets
    url = f"{config['apiUrl']}/rest/orgs/{config['orgId']}{path}"
    auth = secrets["apiKeyId"], secrets["apiKeySecret"]
    return service.request(method, url, data, auth=auth, **options)


def _push(service: Service, params: Json) -> Json:
    return push(
        params, partial(_create, service), partial(_update, service), partial(_comment, service)
    )


def _create(service: Service, incident: Json) -> Json:
    data = {"name": incident["name"], "discovered_date": service.run.clock.milliseconds()}
    if incident.get("description"):
        data["description"] = {"format": "html", "content": incident["description"]}
    if incident.get("incidentTypes") is not None:
        data["incident_type_ids"] = [{"id": id_} for id_ in incident["incidentTypes"]]
    if incident.get("severityCode"):
        data["severity_code"] = {"id": incident["severityCode"]}
    with _trying("create incident"):
        if additional := incident.get("additionalFields"):
            data |= created(_fields(service, {}), additional)
        made = _ask(service, "POST", "/incidents", data, query=_CONVERTED, response=_CREATED)
        return _pushed(service, made["id"], made["create_date"])


def _update(service: Service, id_: str, incident: Json) -> Json:
    with _trying(f"update incident with id {id_}"):
        old = _incident(service, id_)
        fields = _fields(service, {})
        new = {key: value for key, value in incident.items() if value is not None}
        if service.run.release.resilient_field_kinds:
            changed = changes(fields, old, new)
        else:
            changed = [_change(old, *item) for item in new.items()]
        done = _ask(service, "PATCH", f"/incidents/{id_}", {"changes": changed}, response=_UPDATED)
        if not done["success"]:
            raise Thrown(f"Error while updating incident: {done.get('message') or 'null'}")
        new = _incident(service, id_)
        return _pushed(service, new["id"], new["inc_last_modified_date"])


def _pushed(service: Service, id_: int, milliseconds: int) -> Json:
    return {
        "title": str(id_),
        "id": str(id_),
        "pushedDate": pushed_date(milliseconds),
        "url": f"{service.config['apiUrl'].removesuffix('/')}/#incidents/{id_}",
    }


def _incident(service: Service, id_: str) -> Json:
    with _trying(f"get incident with id {id_}"):
        return _ask(service, "GET", f"/incidents/{id_}", query=_CONVERTED, response=_INCIDENT)


def _change(old: Json, key: str, value: Json) -> Json:
    """Return what an update says of one field (`formatUpdateRequest` of `utils.ts`)."""
    name = _NAMES.get(key, key)
    before = old.get(name)
    if key == "description":
        before = before.get("content") if isinstance(before, dict) else None
    return {
        "field": {"name": name},
        "old_value": _value(key, before),
        "new_value": _value(key, value),
    }


def _value(key: str, value: Json) -> Json:
    if value is None:
        return {"text": ""}
    if key == "description":
        return {"textarea": {"format": "html", "content": value}}
    if key == "incidentTypes":
        return {"ids": value if isinstance(value, list) else [value]}
    return {"id": value} if key == "severityCode" else {"text": str(value)}


def _comment(service: Service, id_: str, comment: str) -> None:
    data = {"text": {"format": "text", "content": comment}}
    with _trying(f"create comment at incident with id {id_}"):
        _ask(service, "POST", f"/incidents/{id_}/comments", data, response=_open())


def _choices(field: str, what: str) -> Callable[[Service, Json], Json]:
    """Return what lists the values of a field."""

    def choices(service: Service, _: Json) -> Json:
        with _trying(f"get {what}"):
            path = f"/types/incident/fields/{field}"
            answer = _ask(service, "GET", path, response=_VALUES)
            return [{"id": str(row["value"]), "name": row["label"]} for row in answer["values"]]

    return choices


def _fields(service: Service, _: Json) -> Json:
    with _trying("get fields"):
        rows = _ask(service, "GET", "/types/incident/fields", response=_FIELDS)
        return [{key: row[key] for key in _FIELD_KEYS if key in row} for row in rows]


class ResilientConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".resilient"
    config = Config()
    secrets = Secrets()
    party = Resilient()
    url_keys = ("apiUrl",)
    sub_actions = {  # noqa: RUF012
        "pushToService": (_PUSH, _push),
        "getFields": (Object({}), _fields),
        "incidentTypes": (Object({}), _choices("incident_type_ids", "incident types")),
        "severity": (Object({}), _choices("severity_code", "severity")),
    }
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {"incident": {"name": "hello, world"}, "comments": []},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return Resilient's message, or the answer's reason phrase."""
        answer = error.response
        if answer is None:
            return "Unknown API Error"
        if answer.status == 401:
            return "Unauthorized API Error"
        if isinstance(answer.body, dict) and "message" in answer.body:
            return f"API Error: {answer.body['message']}"
        return f"API Error: {axios.status_text(answer.status)}"
