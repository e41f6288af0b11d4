"""The requests that the `.jira` connector sends to Jira, and how it reads the answers."""

from __future__ import annotations

import re
from functools import reduce
from urllib.parse import quote

from mockkibana.connectors.base import Run, Thrown
from mockkibana.javascript import WHITE_SPACE, to_iso
from mockkibana.json import Json, dumps
from mockkibana.outbound.axios import Axios, AxiosError
from mockkibana.outbound.message import Outbound

_NO_RESPONSE = object()
_UNDEFINED = object()
_LINE_ENDS = re.compile(r"[\n\r]+")
_SPECIAL = re.compile(r"[-!^+&*()[\]/{}|:?~]")


class _CallFailed(Exception):
    """A call failed: `text` is axios's message, `status` and `body` Jira's answer, if one came."""

    def __init__(self, text: str, body: Json = _NO_RESPONSE, status: int | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.body = body
        self.status = status

    @property
    def reason(self) -> str:
        """What Kibana finds in the answer (`createErrorMessage` of `service.ts`)."""
        body = self.body
        if body is _NO_RESPONSE:
            return "unknown: errorResponse was null"
        messages = body.get("errorMessages") if isinstance(body, dict) else None
        if isinstance(messages, list) and messages:
            return ", ".join(map(_text, messages))
        errors = body.get("errors") if isinstance(body, dict) else None
        if errors is None:
            return "unknown: errorResponse.errors was null"
        texts = map(_text, errors.values() if isinstance(errors, dict) else ())
        return reduce(lambda told, text: f"{told} {text}" if told else text, texts, "")


class JiraService:
    """One run's conversation with Jira. Every method raises `Thrown` with Jira's reason."""

    def __init__(self, run: Run) -> None:
        self._url: str = run.config["apiUrl"].removesuffix("/")
        self._project_key: str = run.config["projectKey"]
        self._auth = run.secrets["email"], run.secrets["apiToken"]
        self._axios = Axios(run.send)
        self._release = run.release

    def issue_types(self) -> list[Json]:
        """Return id and name of the project's issue types, in Jira's order."""
        try:
            types = _rows(self._get(self._create_meta()), "issueTypes", "map")
        except _CallFailed as failure:
            raise self._unable("get issue types", failure) from None
        return [_picked(row, ("id", "name")) for row in types]

    def fields_by_issue_type(self, issue_type_id: str) -> dict[str, Json]:
        """Return the fields of an issue type's create screen, by id."""
        try:
            rows = _rows(self._get(f"{self._create_meta()}/{issue_type_id}"), "fields", "reduce")
        except _CallFailed as failure:
            raise self._unable("get fields", failure) from None
        return {_text(row.get("fieldId", _UNDEFINED)): _field(row) for row in rows}

    def fields(self) -> dict[str, Json]:
        """Return the fields that all issue types have in common, as the first type has them."""
        ids = [_text(row.get("id", _UNDEFINED)) for row in self.issue_types()]
        every = [self.fields_by_issue_type(id_) for id_ in ids]
        return reduce(_common, every, {})

    def issues(self, title: str) -> list[Json]:
        """Return the project's issues whose summary has the words of a title."""
        jql = f'project="{self._project_key}" and summary ~"{_escaped(title)}"'
        search = self._release.jira_search.format(_encoded(jql))
        try:
            answer = self._get(f"/rest/api/2/{search}")
            issues = answer.get("issues") if isinstance(answer, dict) else None
            if not isinstance(issues, list | None):
                raise _CallFailed("issues.map is not a function")
        except _CallFailed as failure:
            raise self._unable("get issues", failure) from None
        return [_titled(issue) for issue in issues or []]

    def issue(self, issue_id: str) -> Json:
        """Return id, key and title of an issue."""
        try:
            answer = self._get(f"/rest/api/2/issue/{issue_id}")
        except _CallFailed as failure:
            raise self._unable(f"get issue with id {issue_id}", failure) from None
        return _titled(answer)

    def incident(self, issue_id: str) -> dict[str, Json]:
        """Return an issue with its fields at the top level."""
        try:
            answer = self._get(f"/rest/api/2/issue/{issue_id}", ("id", "key"))
            fields = _object(answer.get("fields", _UNDEFINED), "created")
        except _CallFailed as failure:
            stop = "." if self._release.jira_service_wrapper else ""
            raise self._unable(f"get incident with id {issue_id}", failure, stop) from None
        times = _picked(fields, ("created", "updated"))
        return {"id": answer["id"], "key": answer["key"], **times, **fields}

    def push(self, incident: Json, comments: Json) -> Json:
        """Create or update an issue, then add the comments, one after the other."""
        fields = {key: value for key, value in incident.items() if key != "externalId"}
        issue_id = incident["externalId"]
        result = self._create(fields) if issue_id is None else self._update(issue_id, fields)
        if comments:
            result["comments"] = [
                self._comment(result["id"], comment) for comment in comments if comment["comment"]
            ]
        return result

    def _create(self, incident: dict[str, Json]) -> dict[str, Json]:
        if not incident["issueType"] and (types := self.issue_types()):
            incident = {**incident, "issueType": types[0].get("id")}
        try:
            body = {"fields": self._fields(incident)}
            created = self._send("POST", "/rest/api/2/issue", body, ("id",))
            return self._pushed(_text(created["id"]), "created")
        except (_CallFailed, Thrown) as error:
            raise self._unable("create incident", _as_failure(error)) from None

    def _update(self, issue_id: str, incident: dict[str, Json]) -> dict[str, Json]:
        try:
            body = {"fields": self._fields(incident)}
            self._send("PUT", f"/rest/api/2/issue/{issue_id}", body)
            return self._pushed(issue_id, "updated")
        except (_CallFailed, Thrown) as error:
            raise self._unable(f"update incident with id {issue_id}", _as_failure(error)) from None

    def _pushed(self, issue_id: str, time: str) -> dict[str, Json]:
        issue = self.incident(issue_id)
        return {
            "title": issue["key"],
            "id": issue["id"],
            "pushedDate": _iso(issue.get(time, _UNDEFINED)),
            "url": f"{self._url}/browse/{issue['key']}",
        }

    def _comment(self, issue_id: str, comment: Json) -> Json:
        path = f"/rest/api/2/issue/{issue_id}/comment"
        try:
            added = self._send("POST", path, {"body": comment["comment"]}, ("id", "created"))
            return {"commentId": comment["commentId"], "pushedDate": _iso(added["created"])}
        except _CallFailed as failure:
            raise self._unable(f"create comment at incident with id {issue_id}", failure) from None

    def _fields(self, incident: dict[str, Json]) -> dict[str, Json]:
        lines = (line.strip(WHITE_SPACE) for line in _LINE_ENDS.split(incident["summary"]))
        fields: dict[str, Json] = {
            "summary": ", ".join(line for line in lines if line),
            "project": {"key": self._project_key},
        }
        if incident["issueType"]:
            fields["issuetype"] = {"id": incident["issueType"]}
        if incident["description"]:
            fields["description"] = incident["description"]
        if incident["labels"] is not None:
            fields["labels"] = incident["labels"]
        if incident["priority"]:
            fields["priority"] = {"name": incident["priority"]}
        if incident["parent"]:
            fields["parent"] = {"key": incident["parent"]}
        return fields | (incident["otherFields"] or {})

    def _create_meta(self) -> str:
        return f"/rest/api/2/issue/createmeta/{self._project_key}/issuetypes"

    def _unable(self, what: str, failure: _CallFailed, stop: str = ".") -> Thrown:
        is_users = failure.status == 429 and self._release.jira_service_wrapper
        return Thrown(
            f"[Action][Jira]: Unable to {what}. Error: {failure.text}{stop} "
            f"Reason: {failure.reason}",
            "user" if is_users else "framework",
        )

    def _get(self, path: str, required: tuple[str, ...] = ()) -> Json:
        return self._send("GET", path, None, required)

    def _send(self, method: str, path: str, body: Json, required: tuple[str, ...] = ()) -> Json:
        """Make one call and return the JSON that came back."""
        url = self._url
        message = Outbound(method, url + path, body=body, base=url, auth=self._auth)
        try:
            return self._axios.json(message, required)
        except AxiosError as error:
            if (response := error.response) is None:
                raise _CallFailed(error.message) from None
            raise _CallFailed(error.message, response.body, response.status) from None


def _as_failure(error: _CallFailed | Thrown) -> _CallFailed:
    """Return the failure; an error of an inner call has no response any more."""
    return error if isinstance(error, _CallFailed) else _CallFailed(error.text)


def _rows(answer: Json, cloud: str, method: str) -> list[dict[str, Json]]:
    """Return the rows that Jira Cloud calls `cloud` and Data Center `values`.

    Without them Kibana's code fails where it calls a method of theirs.
    """
    answer = answer if isinstance(answer, dict) else {}
    found = answer.get(cloud)
    rows = answer.get("values") if found is None else found
    if not isinstance(rows, list):
        raise _CallFailed(f"Cannot read properties of undefined (reading '{method}')")
    return [row if isinstance(row, dict) else {} for row in rows]


def _object(value: Json, name: str) -> dict[str, Json]:
    """Return a value as an object; fails as JavaScript does that reads `name` of nothing."""
    if value is None or value is _UNDEFINED:
        raise _CallFailed(f"Cannot read properties of {_text(value)} (reading '{name}')")
    return value if isinstance(value, dict) else {}


def _picked(row: dict[str, Json], keys: tuple[str, ...]) -> dict[str, Json]:
    return {key: row[key] for key in keys if key in row}


def _field(row: dict[str, Json]) -> dict[str, Json]:
    defaults: dict[str, Json] = {"allowedValues": [], "defaultValue": {}}
    missing = {key: value for key, value in defaults.items() if row.get(key) is None}
    return _picked(row | missing, ("required", "allowedValues", "defaultValue", "schema", "name"))


def _common(common: dict[str, Json], fields: dict[str, Json]) -> dict[str, Json]:
    # Kibana's fold: an empty intersection counts as not begun, and starts anew.
    if not common:
        return fields
    return {key: value for key, value in common.items() if key in fields}


def _titled(issue: Json) -> Json:
    issue = issue if isinstance(issue, dict) else {}
    fields = issue.get("fields")
    title = fields.get("summary") if isinstance(fields, dict) else None
    return {**_picked(issue, ("id", "key")), "title": title}


def _text(value: Json) -> str:
    """Write a value into a sentence."""
    if value is _UNDEFINED:
        return "undefined"
    return value if isinstance(value, str) else dumps(value)


def _escaped(title: str) -> str:
    """Escape a title for JQL as Kibana's `escapeJqlSpecialCharacters` does."""
    text = title.replace('"', "").replace("\\", "\\\\").replace("'", "\\\\")
    return _SPECIAL.sub(lambda character: "\\\\" + character[0], text)


def _encoded(text: str) -> str:
    """Encode as JavaScript's `encodeURIComponent` does."""
    try:
        return quote(text, safe="-_.!~*'()")
    except UnicodeEncodeError:  # half of a surrogate pair
        raise Thrown("URI malformed") from None


def _iso(time: Json) -> str:
    """Write a time of Jira's as JavaScript's `toISOString` does."""
    try:
        return to_iso(time)
    except ValueError as error:
        raise _CallFailed(str(error)) from None
