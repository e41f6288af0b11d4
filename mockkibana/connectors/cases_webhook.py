"""The `.cases-webhook` connector: pushes cases to a tracker whose API its config tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit

from mockkibana.clock import iso
from mockkibana.connectors.base import ConnectorType, Run, Thrown
from mockkibana.connectors.case_tracker import CaseTracker, member, normalized
from mockkibana.connectors.push_to_service import push_only
from mockkibana.connectors.templates import rendered
from mockkibana.connectors.webhook_auth import (
    OAUTH,
    SECRETS,
    auth_keys,
    auth_type,
    headers_and_auth,
    trust_of,
)
from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.json_errors import json_error
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.outbound.axios import Axios, AxiosError, status_text
from mockkibana.outbound.message import Outbound
from mockkibana.settings import Settings
from mockkibana.validation import (
    ArrayOf,
    ByRelease,
    Nullable,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
)

_JSON = "application/json"
_URLS = (
    "createIncidentUrl",
    "createCommentUrl",
    "viewIncidentUrl",
    "getIncidentUrl",
    "updateIncidentUrl",
)


_CONFIG = Object(
    {
        "createIncidentUrl": String(),
        "createIncidentMethod": literals("post", "put", load_default="post"),
        "createIncidentJson": String(),
        "createIncidentResponseKey": String(),
        "getIncidentMethod": literals("get", "post", load_default="get"),
        "getIncidentUrl": String(),
        "getIncidentJson": Nullable(String()),
        "getIncidentResponseExternalTitleKey": String(),
        "viewIncidentUrl": String(),
        "updateIncidentUrl": String(),
        "updateIncidentMethod": ByRelease(
            {
                "8.17": literals("put", "post", "patch", load_default="put"),
                "9.3": literals("post", "patch", "put", load_default="put"),
            }
        ),
        "updateIncidentJson": String(),
        "createCommentUrl": Nullable(String()),
        "createCommentMethod": ByRelease(
            {
                "8.17": Nullable(literals("put", "post", "patch")),
                "9.3": Nullable(literals("post", "put", "patch"), load_default="put"),
            }
        ),
        "createCommentJson": Nullable(String()),
        "headers": Nullable(RecordOf(String())),
        **auth_keys(auth_type()),
    }
)
"""The requests that the tracker takes, with templates of their URLs and bodies."""


class Incident(Schema):
    """A case."""

    title = String()
    description = Nullable(String())
    id = Nullable(String())
    severity = Nullable(String())
    status = Nullable(String())
    externalId = Nullable(String())  # noqa: N815
    tags = Nullable(ArrayOf(String()))


class CasesWebhook(ConnectorType):
    """Pushes a case a run."""

    id = ".cases-webhook"
    config = _CONFIG
    secrets = SECRETS
    params = push_only(Incident())
    party = CaseTracker()
    example = {  # noqa: RUF012
        "subAction": "pushToService",
        "subActionParams": {"incident": {"title": "hello, world"}},
    }

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse OAuth, what is no URL, and hosts that are not allowed."""
        if config.get("authType") == OAUTH:
            return "OAuth2 authentication is not supported for cases webhook connector"
        for url in filter(None, map(config.get, _URLS)):
            if not is_url(url):
                text: str | None = f"unable to parse {url}: TypeError: Invalid URL"
            else:
                text = refused_url(url, settings)
            if text is not None:
                return f"error configuring cases webhook action: {text}"
        return None

    def validate_connector(self, config: Json, secrets: Json) -> str | None:
        """Refuse an authentication without any secrets."""
        wrong = config.get("hasAuth") and not secrets
        return "must specify a secrets configuration" if wrong else None

    def execute(self, run: Run, params: Json) -> Json:
        """Push the case, then its comments; whatever the tracker refuses is thrown."""
        service = CasesWebhookService(run)
        incident = params["subActionParams"]["incident"]
        if incident["externalId"] is None:
            result = service.create(incident)
        else:
            result = service.update(incident["externalId"], incident)
        if comments := params["subActionParams"]["comments"]:
            result["comments"] = []
            for comment in filter(lambda each: each["comment"], comments):
                service.comment(result["id"], comment["comment"])
                pushed = {"commentId": comment["commentId"], "pushedDate": result["pushedDate"]}
                result["comments"].append(pushed)
        return result


class _Failure(Thrown):
    """What went wrong, as Kibana throws it; `response` is the answer, if one came."""

    def __init__(self, text: str, response: Answer | None = None) -> None:
        super().__init__(text)
        self.response = response


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say of an error what it made impossible; the answer stays its own."""
    try:
        yield
    except _Failure as error:
        body, reason = "", ""
        if (response := error.response) is not None:
            body = stringify(response.body) if response.body else ""
            reason = f"Reason: {status_text(response.status)}"
        text = f"[Action][Webhook - Case Management]: {what}. Error: {error.text}. {body} {reason}"
        raise _Failure(text, response) from None


class CasesWebhookService:
    """One run's conversation with the tracker (`cases_webhook/service.ts`). Raises `Thrown`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._config: Record = run.config
        needed = (url for url in _URLS if url != "createCommentUrl")
        if not all(map(run.config.get, needed)):
            raise Thrown("[Action]Webhook - Case Management: Wrong configuration.")
        headers, self._auth = headers_and_auth(run)
        own = {} if "content-type" in map(str.lower, headers) else {"content-type": _JSON}
        self._headers = {**own, **headers}
        self._axios = Axios(run.send)

    def create(self, incident: Record) -> Record:
        """Create a case and return what it is."""
        config = self._config
        with _telling("Unable to create case"):
            url = self._url(config["createIncidentUrl"].removesuffix("/"), "Create case URL")
            body = _body(config["createIncidentJson"], _case(incident), "Create case JSON body")
            key = config["createIncidentResponseKey"]
            answer = self._ask(config["createIncidentMethod"], url, body, key)
            return self._pushed(_text(*member(answer, key)))

    def update(self, id_: str, incident: Record) -> Record:
        """Update a case and return what it is."""
        config = self._config
        with _telling(f"Unable to update case with id {id_}"):
            url = self._url(rendered(config["updateIncidentUrl"], _system(id_)), "Update case URL")
            values = {**_case(incident), **_json_id(id_)}
            body = _body(config["updateIncidentJson"], values, "Update case JSON body")
            self._ask(config["updateIncidentMethod"], url, body)
            return self._pushed(id_)

    def comment(self, id_: str, text: str) -> None:
        """Add a comment, where the config tells how."""
        names = ("createCommentUrl", "createCommentMethod", "createCommentJson")
        template, method, json = map(self._config.get, names)
        if not (template and method and json):
            return
        with _telling(f"Unable to create comment at case with id {id_}"):
            url = self._url(rendered(template, _system(id_)), "Create comment URL")
            values = {"case": {"comment": stringify(text)}, **_json_id(id_)}
            self._ask(method, url, _body(json, values, "Create comment JSON body"))

    def _pushed(self, id_: str) -> Record:
        title = self._title(id_)
        view = rendered(self._config["viewIncidentUrl"], _system(id_, title))
        return {
            "id": id_,
            "title": title,
            "url": self._url(view, "View case URL"),
            "pushedDate": iso(self._run.clock.now()),
        }

    def _title(self, id_: str) -> str:
        config = self._config
        with _telling(f"Unable to get case with id {id_}"):
            url = self._url(rendered(config["getIncidentUrl"], _system(id_)), "Get case URL")
            body = None
            if config["getIncidentMethod"] == "post" and config["getIncidentJson"]:
                body = _body(config["getIncidentJson"], _json_id(id_), "Get case JSON body")
            key = config["getIncidentResponseExternalTitleKey"]
            return _text(*member(self._ask(config["getIncidentMethod"], url, body, key), key))

    def _url(self, url: str, name: str) -> str:
        """Return a URL as it is asked for; fails for one that may not be."""
        text: str | None = None
        if not is_url(url):
            text = "Invalid URL"
        elif not (parts := urlsplit(url.strip())).hostname:
            text = "URL must contain hostname"
        elif parts.scheme not in ("http", "https"):
            text = "Invalid protocol"
        elif core := refused_url(url, self._run.settings):
            text = f"error configuring connector action: {core}"
        if text is not None:
            raise _Failure(f"Invalid {name}: Error: {text}")
        return normalized(url)

    def _ask(self, method: str, url: str, body: str | None, *required: str) -> Json:
        """Make one call and return the JSON of the answer, which has to have some members."""
        trust = trust_of(self._config)
        message = Outbound(method.upper(), url, self._headers, body, auth=self._auth, trust=trust)
        try:
            answer = self._axios.request(message)
        except AxiosError as error:
            raise _Failure(error.message, error.response) from None
        if answer.status == 204 and not answer.body and not required:
            return None
        content_type = answer.headers.get("content-type")
        if content_type is None:
            raise _Failure(
                f"Missing content type header in {method} {url}. Supported content types: {_JSON}"
            )
        if _JSON not in content_type:
            raise _Failure(
                f"Unsupported content type: {content_type} in {method} {url}. Supported content "
                f"types: {_JSON}"
            )
        if answer.body and isinstance(answer.body, str):
            raise _Failure("Response is not a valid JSON")
        if missing := [path for path in required if not member(answer.body, path)]:
            fields = "fields" if len(missing) > 1 else "field"
            raise _Failure(f"Response is missing the expected {fields}: {', '.join(missing)}")
        return answer.body


def _body(template: str, values: Record, name: str) -> str:
    text = rendered(template, values)
    if json_error(text) is not None:
        raise _Failure(f"JSON Error: {name} must be valid JSON")
    return text


def _case(incident: Record) -> Record:
    """Return what templates of bodies may say of a case: values that are JSON already."""
    texts = {name: incident[name] or "" for name in ("description", "id", "severity", "status")}
    case = {**texts, "tags": incident["tags"] or [], "title": incident["title"]}
    return {"case": {name: stringify(value) for name, value in case.items()}}


def _json_id(id_: str) -> Record:
    return {"external": {"system": {"id": stringify(id_)}}}


def _system(id_: str, title: str | None = None) -> Record:
    """Return what templates of URLs may say of a case of the tracker's, encoded for them."""
    known = {"id": id_} if title is None else {"id": id_, "title": title}
    try:
        system = {name: quote(text, safe="-_.!~*'()") for name, text in known.items()}
    except UnicodeEncodeError:  # half of a surrogate pair
        raise _Failure("URI malformed") from None
    return {"external": {"system": system}}


def _text(value: Json) -> str:
    """Write a value into a text as JavaScript does."""
    if isinstance(value, list):
        return ",".join("" if item is None else _text(item) for item in value)
    if isinstance(value, dict):
        return "[object Object]"
    return value if isinstance(value, str) else stringify(value)
