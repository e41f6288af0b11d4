"""The requests that the ServiceNow connectors send, and how they read the answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from mockkibana.clock import iso
from mockkibana.connectors.base import Run, Thrown
from mockkibana.connectors.oauth import JWT_BEARER, NotGranted, assertion, granted_token
from mockkibana.http.messages import Answer
from mockkibana.javascript import WHITE_SPACE, to_iso
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.axios import Axios, AxiosError
from mockkibana.outbound.message import Outbound

_CLOSED = "7"
_DEPRECATED = "ServiceNow additional fields are not supported for deprecated connectors."


class ServiceNowError(Thrown):
    """What went wrong, as Kibana throws it; `response` is the answer, if one came."""

    def __init__(self, text: str, response: Answer | None = None) -> None:
        super().__init__(text)
        self.response = response

    @property
    def reason(self) -> str:
        """What Kibana finds in the answer (`createErrorMessage` of `utils.ts`)."""
        if self.response is None:
            return "unknown: errorResponse was null"
        body = self.response.body
        error = body.get("error") if isinstance(body, dict) else None
        if error is None:
            return "unknown: no error in error response"
        told = error if isinstance(error, dict) else {}
        return f"{_text(told, 'message')}: {_text(told, 'detail')}"


@contextmanager
def _telling(what: str) -> Iterator[None]:
    """Say of an error what it made impossible; the answer stays its own."""
    try:
        yield
    except ServiceNowError as error:
        text = f"[Action][ServiceNow]: {what}. Error: {error.text} Reason: {error.reason}"
        raise ServiceNowError(text, error.response) from None


@dataclass(frozen=True, slots=True)
class Product:
    """What a connector type works on: a table, and the app of Elastic's that imports into it."""

    table: str
    app: str | None = None
    import_set: str = ""


class ServiceNowService:
    """One run's conversation with ServiceNow (`lib/servicenow/service.ts`)."""

    def __init__(self, run: Run, product: Product) -> None:
        config, secrets = run.config, run.secrets
        names = ("clientId", "jwtKeyId", "userIdentifierValue")
        if config["isOAuth"]:
            needed = [config[name] for name in names]
            needed += [secrets["clientSecret"], secrets["privateKey"]]
        else:
            needed = [secrets["username"], secrets["password"]]
        if not config["apiUrl"] or not all(needed):
            raise Thrown("[Action]ServiceNow: Wrong configuration.")
        self._run = run
        self._url: str = config["apiUrl"].removesuffix("/")
        self._axios = Axios(run.send)
        self._product = product
        self.uses_table_api: bool = product.app is None or config["usesTableApi"]

    def fields(self, _params: Json = None) -> Json:
        """Return the text fields of an incident."""
        query = (
            f"name=task^ORname={self._product.table}^internal_type=string&active=true&array=false"
            "&read_only=false&sysparm_fields=max_length,element,column_label,mandatory"
        )
        with _telling("Unable to get fields"):
            return self._ask("GET", f"/api/now/table/sys_dictionary?sysparm_query={query}")

    def choices(self, params: Json) -> Json:
        """Return the values that some fields may have."""
        elements = "^OR".join(f"element={name}" for name in params["fields"] or ["undefined"])
        query = (
            f"name=task^ORname={self._product.table}^{elements}^language=en"
            "&sysparm_fields=label,value,dependent_value,element"
        )
        with _telling("Unable to get choices"):
            return self._ask("GET", f"/api/now/table/sys_choice?sysparm_query={query}")

    def push(self, incident: Record, comments: list[Record] | None) -> Record:
        """Create or update an incident, then update it once more for each comment."""
        fields = {key: value for key, value in incident.items() if key != "externalId"}
        sys_id = incident["externalId"]
        if sys_id is None:
            user = self._run.secrets["username"]
            result = self._create({**fields, "caller_id": user, "opened_by": user})
        else:
            result = self._update(sys_id, fields)
        if comments:
            result["comments"] = []
            for comment in comments:
                self._update(_text(result, "id"), {**fields, "work_notes": comment["comment"]})
                pushed = {"commentId": comment["commentId"], "pushedDate": result["pushedDate"]}
                result["comments"].append(pushed)
        return result

    def close(self, params: Json) -> Json:
        """Close an incident, unless there is none."""
        sys_id = params["incident"]["externalId"]
        correlation_id = params["incident"]["correlation_id"]
        try:
            with _telling("Unable to close incident"):
                if sys_id is None and correlation_id is None:
                    raise ServiceNowError("No correlationId or incidentId found.")
                incident: Json = None
                if sys_id:
                    incident = self._incident(sys_id)
                elif correlation_id:
                    incident = self._correlated(correlation_id)
                if not incident:
                    text = (
                        f"No incident found with correlation_id: {_or_null(correlation_id)} or "
                        f"incidentId: {_or_null(sys_id)}."
                    )
                    return self._warned(text)
                if incident.get("state") == _CLOSED:
                    self._warned(
                        f"Incident with correlation_id: {_or_null(correlation_id)} or incidentId: "
                        f"{_or_null(sys_id)} is closed."
                    )
                    return self._pushed(incident, "sys_updated_on")
                closed = {
                    "state": _CLOSED,
                    "close_code": "Closed/Resolved by Caller",
                    "close_notes": "Closed by Caller",
                }
                return self._update(_text(incident, "sys_id"), closed)
        except ServiceNowError as error:
            if error.response is not None and error.response.status == 404:
                return self._warned(f"No incident found with incidentId: {_or_null(sys_id)}.")
            raise

    def add_observables(self, pushed: Record, observables: list[Record]) -> None:
        """Add what was observed to a security incident that was pushed."""
        sys_id = _text(pushed, "id")
        path = f"/api/x_elas2_sir_int/elastic_api/incident/{sys_id}/observables/bulk"
        with _telling(f"Unable to add observables to security incident with id {sys_id}"):
            self._check_app()
            self._ask("POST", path, observables)

    def add_event(self, event: Record) -> None:
        """Hand an event to Event Management."""
        with _telling("Unable to add event"):
            self._ask("POST", "/api/global/em/jsonv2", {"records": [event]})

    def _create(self, incident: Record) -> Record:
        with _telling("Unable to create incident"):
            self._check_app()
            sys_id = self._written("POST", "", incident)
            return self._pushed(self._incident(sys_id), "sys_created_on")

    def _update(self, sys_id: str, incident: Record) -> Record:
        with _telling(f"Unable to update incident with id {sys_id}"):
            self._check_app()
            written = self._written("PATCH", f"/{sys_id}", incident, elastic_incident_id=sys_id)
            return self._pushed(self._incident(written), "sys_updated_on")

    def _written(self, method: str, path: str, incident: Record, **more: str) -> str:
        """Write an incident by the table API, or by an import set, and return its id."""
        additional = incident.get("additional_fields")
        own = {key: value for key, value in incident.items() if key != "additional_fields"}
        if self.uses_table_api:
            if additional:
                raise ServiceNowError(_DEPRECATED)
            url = f"/api/now/v2/table/{self._product.table}{path}"
            return _text(self._ask(method, url, own), "sys_id")
        prefixed = {f"u_{key}": value for key, value in own.items()}
        fields = {**(additional or {}), **prefixed, **more}
        results = self._ask("POST", f"/api/now/import/{self._product.import_set}", fields)
        if results == []:
            raise ServiceNowError("Unexpected result")
        result = results[0] if isinstance(results, list) else None
        if not isinstance(result, dict):
            raise ServiceNowError("Cannot read properties of undefined (reading 'status')")
        if result.get("status") == "error":
            raise ServiceNowError(_text(result, "error_message"))
        return _text(result, "sys_id")

    def _check_app(self) -> None:
        """See that Elastic's app is installed, where it is needed."""
        if not self.uses_table_api:
            with _telling("Unable to get application version"):
                self._ask("GET", f"/api/{self._product.app}/elastic_api/health")

    def _incident(self, sys_id: str) -> Record:
        with _telling(f"Unable to get incident with id {sys_id}"):
            if not sys_id.strip(WHITE_SPACE):
                raise ServiceNowError("Incident id is empty.")
            found = self._ask("GET", f"/api/now/v2/table/{self._product.table}/{sys_id}")
            return found if isinstance(found, dict) else {}

    def _correlated(self, correlation_id: str) -> Json:
        query = f"ORDERBYDESCsys_created_on^correlation_id={correlation_id}"
        path = f"/api/now/v2/table/{self._product.table}?sysparm_query={query}"
        with _telling(f"Unable to get incident by correlation ID {correlation_id}"):
            if not correlation_id.strip(WHITE_SPACE):
                raise ServiceNowError("Correlation ID is empty.")
            found = self._ask("GET", path)
            first = found[0] if isinstance(found, list) and found else None
            return first if isinstance(first, dict) else None

    def _pushed(self, incident: Record, time: str) -> Record:
        at, sys_id = incident.get(time), _text(incident, "sys_id")
        try:
            # ServiceNow tells the time of GMT, without saying so.
            date = iso(self._run.clock.now()) if at is None else to_iso(f"{at}Z")
        except ValueError as error:
            raise ServiceNowError(str(error)) from None
        named = {"title": incident.get("number"), "id": incident.get("sys_id")}
        return {
            **{key: value for key, value in named.items() if value is not None},
            "pushedDate": date,
            "url": f"{self._url}/nav_to.do?uri={self._product.table}.do?sys_id={sys_id}",
        }

    def _warned(self, text: str) -> None:
        self._run.log.write("warn", f"[ServiceNow][CloseIncident] {text}")

    def _ask(self, method: str, path: str, body: Json = None) -> Json:
        """Make one call and return what the answer has as `result`."""
        url, run = self._url, self._run
        try:
            if run.config["isOAuth"]:
                headers = {"Authorization": self._authorization()}
                message = Outbound(method, url + path, headers, body, url)
            else:
                auth = run.secrets["username"], run.secrets["password"]
                message = Outbound(method, url + path, body=body, base=url, auth=auth)
            answer = self._axios.request(message)
        except AxiosError as error:
            status = 0 if error.response is None else error.response.status
            if run.config["isOAuth"] and 400 <= status < 500:
                run.token.forget()
            raise ServiceNowError(error.message, error.response) from None
        result = answer.body.get("result") if isinstance(answer.body, dict) else None
        if result is None:
            raise ServiceNowError(
                "There is an issue with your Service Now Instance. Please check "
                f"{urlsplit(url).hostname or ''}."
            )
        return result

    def _authorization(self) -> str:
        """Return the token that Kibana has, or get one (`get_oauth_jwt_access_token.ts`)."""
        run = self._run
        form = {
            "assertion": _assertion(run),
            "client_id": run.config["clientId"],
            "client_secret": run.secrets["clientSecret"],
            "grant_type": JWT_BEARER,
        }
        try:
            return granted_token(run, f"{self._url}/oauth_token.do", form, self._url)
        except NotGranted as refused:
            raise ServiceNowError(str(refused)) from None


def _assertion(run: Run) -> str:
    now, config = run.clock.milliseconds() // 1000, run.config
    claims = {
        "sub": config["userIdentifierValue"],
        "aud": config["clientId"],
        "iss": config["clientId"],
        "iat": now,
        "exp": now + 3600,
    }
    return assertion(claims, config["jwtKeyId"])


def _text(value: Json, key: str) -> str:
    """Write a member of an object into a text, as JavaScript does."""
    member = value.get(key, "undefined") if isinstance(value, dict) else "undefined"
    return member if isinstance(member, str) else dumps(member)


def _or_null(value: str | None) -> str:
    return "null" if value is None else value
