"""The `.jira` connector: schemas, and the sub-actions that it offers."""

from __future__ import annotations

from typing import TypeVar

from mockkibana.connectors.additional_fields import additional_fields
from mockkibana.connectors.base import ConnectorType, Run, Thrown
from mockkibana.connectors.jira_service import JiraService
from mockkibana.connectors.push_to_service import comments
from mockkibana.connectors.sub_actions import SubAction, SubActions
from mockkibana.javascript import WHITE_SPACE
from mockkibana.json import Json, Malformed, loads
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.settings import Settings
from mockkibana.validation import ArrayOf, Nullable, Object, Schema, String

_T = TypeVar("_T")
_INCIDENT_FIELDS = frozenset(
    (
        "summary",
        "description",
        "externalId",
        "issueType",
        "priority",
        "labels",
        "parent",
        "otherFields",
    )
)


def _label(label: str) -> str | None:
    if any(character in WHITE_SPACE for character in label):
        return f"The label {label} cannot contain spaces"
    return None


class Config(Schema):
    """The URL of Jira, and the key of the project that incidents go to."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    projectKey = String()  # noqa: N815


class Secrets(Schema):
    """The account with which Kibana logs in."""

    email = String()
    apiToken = String()  # noqa: N815


class Incident(Schema):
    """The incident of a push, which becomes an issue."""

    summary = String()
    description = Nullable(String())
    externalId = Nullable(String())  # noqa: N815
    issueType = Nullable(String())  # noqa: N815
    priority = Nullable(String())
    labels = Nullable(ArrayOf(String(validate=_label)))
    parent = Nullable(String())
    otherFields = additional_fields("otherFields", _INCIDENT_FIELDS, 20)  # noqa: N815


_SUB_ACTIONS = SubActions[JiraService](
    SubAction("getFields", {}, lambda jira, _: jira.fields()),
    SubAction(
        "getIncident",
        {"externalId": String()},
        lambda jira, params: jira.incident(params["externalId"]),
    ),
    SubAction("handshake", {}),
    SubAction(
        "pushToService",
        {
            "incident": Object(Incident()),
            "comments": comments(),
        },
        lambda jira, params: jira.push(params["incident"], params["comments"]),
        unknowns={"8.17": "forbid", "9.3": "ignore"},
    ),
    SubAction("issueTypes", {}, lambda jira, _: jira.issue_types()),
    SubAction(
        "fieldsByIssueType",
        {"id": String()},
        lambda jira, params: jira.fields_by_issue_type(params["id"]),
    ),
    SubAction("issues", {"title": String()}, lambda jira, params: jira.issues(params["title"])),
    SubAction("issue", {"id": String()}, lambda jira, params: jira.issue(params["id"])),
)


class Jira(ConnectorType):
    """Does one sub-action a run: pushes an incident, or reads issues, types and fields."""

    id = ".jira"
    config = Config()
    secrets = Secrets()
    params = _SUB_ACTIONS.params
    party = "jira"
    leniencies = {  # noqa: RUF012
        "integer-issue-type": (
            "`incident.issueType` was an integer, as documented; a real Kibana refuses it"
        ),
        "integer-comment-id": (
            "`comments[].commentId` was an integer, as documented; a real Kibana refuses it"
        ),
        "incident-title": (
            "`incident.title` was sent, as documented; a real Kibana refuses the key"
        ),
    }
    example = {"subAction": "issueTypes", "subActionParams": {}}  # noqa: RUF012

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a URL whose host is not allowed."""
        if text := refused_url(config["apiUrl"], settings):
            return f"error configuring connector action: {text}"
        return None

    def accommodate(self, params: Json) -> tuple[Json, list[str]]:
        """Take what the documentation promises and Kibana refuses: integer ids, and a title."""
        sub_params = _read(dict, params.get("subActionParams"))
        if params.get("subAction") != "pushToService" or sub_params is None:
            return params, []
        sub_params, codes = dict(sub_params), []
        if (incident := _read(dict, sub_params.get("incident"))) is not None:
            incident = dict(incident)
            if _is_integer(incident.get("issueType")):
                incident["issueType"] = str(incident["issueType"])
                codes.append("integer-issue-type")
            if isinstance(incident.get("title", 0), str | None):
                del incident["title"]
                codes.append("incident-title")
            sub_params["incident"] = incident
        if (comments := _read(list, sub_params.get("comments"))) is not None:
            sub_params["comments"] = [_accommodated(comment) for comment in comments]
            if sub_params["comments"] != comments:
                codes.append("integer-comment-id")
        return {**params, "subActionParams": sub_params} if codes else params, codes

    def execute(self, run: Run, params: Json) -> Json:
        """Do the sub-action; whatever Jira refuses is thrown with Jira's reason."""
        config, secrets = run.config, run.secrets
        if not all((*config.values(), *secrets.values())):
            raise Thrown("[Action]Jira: Wrong configuration.")
        return _SUB_ACTIONS.run(JiraService(run), params)


def _read(kind: type[_T], value: Json) -> _T | None:
    """Return a value of this type, or parse it from a string of JSON, as the schema does."""
    if isinstance(value, str):
        try:
            value = loads(value, javascript=True, allow_proto=True)
        except Malformed:
            return None
    return value if isinstance(value, kind) else None


def _is_integer(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _accommodated(comment: Json) -> Json:
    read = _read(dict, comment)
    if read is not None and _is_integer(read.get("commentId")):
        return {**read, "commentId": str(read["commentId"])}
    return comment
