"""The `.swimlane` connector: pushes cases to an application of Swimlane's, which keeps records."""

from __future__ import annotations

import re
from math import isinf, isnan

from mockkibana.clock import iso
from mockkibana.connectors.base import ConnectorType, Run, Thrown
from mockkibana.connectors.push_to_service import push_only
from mockkibana.http.messages import Answer
from mockkibana.javascript import to_iso
from mockkibana.javascript_numbers import to_number
from mockkibana.json import Json, Record
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.axios import Axios, AxiosError
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.settings import Settings
from mockkibana.validation import (
    Any,
    ArrayOf,
    Nullable,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
)

_HEADERS = {"content-type": "application/json; charset=utf-8"}
_RECORD = re.compile(r".*/app/([^/]+)/record(?:/([^/]+)(?:/([^/]+)/comment)?)?")
_BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUES = {
    "ruleNameConfig": "ruleName",
    "alertIdConfig": "alertId",
    "caseIdConfig": "caseId",
    "caseNameConfig": "caseName",
    "severityConfig": "severity",
    "descriptionConfig": "description",
}


class SwimlaneApi(Party):
    """Swimlane's API: the records of any application, kept by their ids."""

    name = "swimlane"
    records = {  # noqa: RUF012
        "swimlane": Object(
            {"applicationId": String(), "values": RecordOf(Any()), "comments": ArrayOf(Any())},
            unknowns="allow",
        )
    }

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Create or update a record, or add a comment to it."""
        found = _RECORD.fullmatch(message.path.partition("?")[0])
        if found is None:
            return Answer(404, None)
        application, record_id, field_id = found.groups()
        if record_id is None:
            return Answer(200, self._created(application, message.body, box), _HEADERS)
        record = box.state(self).get(record_id)
        if record is None or record["applicationId"] != application:
            # Guess: which code Swimlane gives to an unknown record.
            return Answer(404, {"ErrorCode": 3002, "Argument": record_id}, _HEADERS)
        if field_id is not None:
            comment = {**message.body, "fieldId": field_id}
            box.state(self).put(record_id, {**record, "comments": [*record["comments"], comment]})
            return Answer(200, None)
        values = {**record["values"], **message.body["values"]}
        updated = {**record, "values": values, "modifiedDate": iso(box.clock.now())}
        box.state(self).put(record_id, updated)
        return Answer(200, updated, _HEADERS)

    def _created(self, application: str, body: Json, box: Box) -> Record:
        now = iso(box.clock.now())
        record: Record = {
            "id": "".join(_BASE_62[byte % 62] for byte in box.ids.bytes("swimlane-record", 17)),
            # Guess: the acronym of an application, which nobody tells.
            "name": f"ET-{box.state(self).number(application)}",
            "applicationId": application,
            "values": body["values"],
            "comments": [],
            "createdDate": now,
            "modifiedDate": now,
        }
        box.state(self).put(record["id"], record)
        return record


class Mapping(Schema):
    """A field of Swimlane's."""

    id = String()
    key = String()
    name = String()
    fieldType = String()  # noqa: N815 - Kibana's own names, here and below


class Mappings(Schema):
    """Where the values of an incident go."""

    ruleNameConfig = Nullable(Object(Mapping()))  # noqa: N815
    alertIdConfig = Nullable(Object(Mapping()))  # noqa: N815
    caseIdConfig = Nullable(Object(Mapping()))  # noqa: N815
    caseNameConfig = Nullable(Object(Mapping()))  # noqa: N815
    commentsConfig = Nullable(Object(Mapping()))  # noqa: N815
    severityConfig = Nullable(Object(Mapping()))  # noqa: N815
    descriptionConfig = Nullable(Object(Mapping()))  # noqa: N815


class Config(Schema):
    """An application of Swimlane's, and its fields."""

    apiUrl = String()  # noqa: N815
    appId = String()  # noqa: N815
    connectorType = literals("all", "alerts", "cases")  # noqa: N815
    mappings = Object(Mappings())


class Secrets(Schema):
    """The token with which Kibana logs in."""

    apiToken = String()  # noqa: N815


class Incident(Schema):
    """An alert or a case, which becomes a record."""

    alertId = Nullable(String())  # noqa: N815
    ruleName = Nullable(String())  # noqa: N815
    caseId = Nullable(String())  # noqa: N815
    caseName = Nullable(String())  # noqa: N815
    severity = Nullable(String())
    description = Nullable(String())
    externalId = Nullable(String())  # noqa: N815


class Swimlane(ConnectorType):
    """Pushes an incident a run."""

    id = ".swimlane"
    config = Config()
    secrets = Secrets()
    params = push_only(Incident())
    party = SwimlaneApi()
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {"incident": {"ruleName": "hello, world"}},
    }

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a URL whose host is not allowed."""
        text = refused_url(config["apiUrl"], settings)
        return text and f"error configuring connector action: {text}"

    def execute(self, run: Run, params: Json) -> Json:
        """Push the incident, then its comments; whatever Swimlane refuses is thrown."""
        service = SwimlaneService(run)
        result = service.push(params["subActionParams"]["incident"])
        created = iso(run.clock.now())
        if comments := params["subActionParams"]["comments"]:
            result["comments"] = [service.comment(result["id"], each, created) for each in comments]
        return result


class SwimlaneService:
    """One run's conversation with Swimlane (`swimlane/service.ts`). Raises `Thrown`."""

    def __init__(self, run: Run) -> None:
        config, token = run.config, run.secrets["apiToken"]
        if not (config["apiUrl"] and config["appId"] and token):
            raise Thrown("[Action]Swimlane: Wrong configuration.")
        self._url: str = config["apiUrl"].removesuffix("/")
        self._application: str = config["appId"]
        self._mappings: Record = config["mappings"]
        self._headers = {"Content-Type": "application/json", "Private-Token": token}
        self._axios = Axios(run.send)

    def push(self, incident: Record) -> Record:
        """Create a record, or update the one that the incident names; return what it is now."""
        id_ = incident["externalId"]
        body = {"applicationId": self._application, **({"id": id_} if id_ else {})}
        body["values"] = self._values(incident)
        if id_ is None:
            what, time, message = "create", "createdDate", self._message("POST", "", body)
        else:
            what, time, message = "update", "modifiedDate", self._message("PATCH", f"/{id_}", body)
        try:
            record = self._axios.json(message, ("id", "name", time))
            return {
                "id": record["id"],
                "title": record["name"],
                "url": f"{self._url}/record/{self._application}/{id_ or record['id']}",
                "pushedDate": to_iso(record[time]),
            }
        except (AxiosError, ValueError) as error:
            raise self._failed(f"{what} record", error) from None

    def comment(self, record_id: str, comment: Record, created: str) -> Record:
        """Add a comment to the field for comments."""
        field = self._mappings["commentsConfig"]
        field_id = field and field["id"]
        try:
            if not field_id:
                raise ValueError("No comment field mapped in Swimlane connector")
            body = {
                "createdDate": created,
                "fieldId": field_id,
                "isRichText": True,
                "message": comment["comment"],
            }
            self._axios.request(self._message("POST", f"/{record_id}/{field_id}/comment", body))
        except (AxiosError, ValueError) as error:
            raise self._failed("create comment", error) from None
        return {"commentId": comment["commentId"], "pushedDate": created}

    def _values(self, incident: Record) -> Record:
        values = {}
        for name, field in self._mappings.items():
            value = incident.get(_VALUES.get(name, ""))
            if field and value:
                values[field["id"]] = _number(value) if field["fieldType"] == "numeric" else value
        return values

    def _message(self, method: str, path: str, body: Record) -> Outbound:
        api = self._url if self._url.endswith("api") else f"{self._url}/api"
        url = f"{api}/app/{self._application}/record{path}"
        return Outbound(method, url, self._headers, body)

    def _failed(self, what: str, error: AxiosError | ValueError) -> Thrown:
        response = error.response if isinstance(error, AxiosError) else None
        return Thrown(
            f"[Action][Swimlane]: Unable to {what} in application with id {self._application}. "
            f"Status: {response.status if response else 500}. Error: {error}. "
            f"Reason: {_reason(response)}"
        )


def _reason(response: Answer | None) -> str:
    body = response.body if response is not None and isinstance(response.body, dict) else {}
    code, argument = body.get("ErrorCode"), body.get("Argument")
    return "unknown" if code is None or argument is None else f"{argument} ({code})"


def _number(text: str) -> Json:
    """Return what JavaScript's `Number` makes of a text, as JSON; 0 for what is none."""
    number = to_number(text)
    if isnan(number):
        return 0
    return None if isinf(number) else number
