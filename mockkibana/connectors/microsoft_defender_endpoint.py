"""The `.microsoft_defender_endpoint` connector: finds machines in Defender, and isolates them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.microsoft_defender_party import NOBODY, Defender
from mockkibana.connectors.sub_action_framework import FORM, Service, SubActionConnector
from mockkibana.http.urls import is_url
from mockkibana.javascript import stringify
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.validation import (
    ArrayOf,
    Field,
    Maybe,
    Number,
    Object,
    OneOf,
    Schema,
    String,
    literals,
)

# Which versions run scripts.
_SCRIPTS = {"8.17": False, "8.19": True, "9.0": False, "9.1": True}


class Config(Schema):
    """An application of Entra's, and where Defender is."""

    clientId = String(min_length=1)  # noqa: N815 - Kibana's own names, here and below
    tenantId = String(min_length=1)  # noqa: N815
    oAuthServerUrl = String(min_length=1)  # noqa: N815
    oAuthScope = String(min_length=1)  # noqa: N815
    apiUrl = String(min_length=1)  # noqa: N815


class Secrets(Schema):
    """The secret of the application."""

    clientSecret = String(min_length=1)  # noqa: N815


def _one_or_more(field: Callable[[], Field] = lambda: String(min_length=1)) -> Maybe:
    return Maybe(OneOf([field(), ArrayOf(field(), min_size=1)]))


class Machine(Schema):
    """The id of a machine, or of an action."""

    id = String(min_length=1)


class Isolation(Schema):
    """A machine, and why it is isolated or released."""

    id = String(min_length=1)
    comment = String(min_length=1)


class Script(Schema):
    """A machine, and the script that it is to run."""

    id = String(min_length=1)
    comment = Maybe(String(min_length=1))
    parameters = Object({"scriptName": String(min_length=1), "args": Maybe(String(min_length=1))})


def _paged() -> dict[str, Field]:
    return {
        "page": Maybe(Number(min=1, coerced=True, load_default=1)),
        "pageSize": Maybe(Number(min=1, max=1000, coerced=True, load_default=20)),
    }


_HEALTH = (
    "Active",
    "Inactive",
    "ImpairedCommunication",
    "NoSensorData",
    "NoSensorDataImpairedCommunication",
    "Unknown",
)
_MACHINE_KEYS = (
    "computerDnsName",
    "id",
    "version",
    "deviceValue",
    "aaDeviceId",
    "machineTags",
    "lastSeen",
    "exposureLevel",
    "onboardingStatus",
    "lastIpAddress",
)
_MACHINES = Object(
    {
        **{key: _one_or_more() for key in _MACHINE_KEYS},
        "healthStatus": _one_or_more(lambda: literals(*_HEALTH)),
        **{key: _one_or_more() for key in ("osPlatform", "riskScore", "rbacGroupId")},
        **_paged(),
    }
)
_STATUS = ("Pending", "InProgress", "Succeeded", "Failed", "TimeOut", "Cancelled")
_TYPE = (
    "RunAntiVirusScan",
    "Offboard",
    "LiveResponse",
    "CollectInvestigationPackage",
    "Isolate",
    "Unisolate",
    "StopAndQuarantineFile",
    "RestrictCodeExecution",
    "UnrestrictCodeExecution",
)
_ACTIONS = Object(
    {
        "id": _one_or_more(),
        "status": _one_or_more(lambda: literals(*_STATUS)),
        "machineId": _one_or_more(),
        "type": _one_or_more(lambda: literals(*_TYPE)),
        "requestor": _one_or_more(),
        "creationDateTimeUtc": _one_or_more(),
        **_paged(),
    }
)


def _ask(service: Service, method: str, path: str, data: Json = None, query: Json = None) -> Json:
    """Send a request with the token; where that is refused, once more with a new one."""
    url = f"{service.config['apiUrl']}/api/{path}"
    headers = {"Authorization": _token(service)}
    try:
        return service.request(method, url, data, headers=headers, query=query)
    except Thrown as thrown:
        if "Status code: 401" not in thrown.text:
            raise
    service.run.token.forget()
    headers = {"Authorization": _token(service)}
    return service.request(method, url, data, headers=headers, query=query)


def _token(service: Service) -> str:
    if (kept := service.run.token.get()) is not None:
        return kept
    config = service.config
    if not is_url(config["oAuthServerUrl"]):
        raise Thrown("Invalid URL")
    server = urlsplit(config["oAuthServerUrl"].strip())
    answer = service.request(
        "POST",
        f"{server.scheme}://{server.netloc}/{config['tenantId']}/oauth2/v2.0/token",
        {
            "grant_type": "client_credentials",
            "client_id": config["clientId"],
            "scope": config["oAuthScope"],
            "client_secret": service.secrets["clientSecret"],
        },
        headers={"Content-Type": FORM},
    )
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str):
        # Guess: what a real one throws where no token is granted.
        raise Thrown("Failed to retrieve cached [access_token] after it was updated.")
    seconds = answer.get("expires_in")
    service.run.token.keep(f"Bearer {token}", seconds if isinstance(seconds, int | float) else 0)
    return f"Bearer {token}"


def _details(service: Service, params: Json) -> Json:
    return _ask(service, "GET", f"machines/{params['id']}")


def _isolate(service: Service, params: Json) -> Json:
    data = {"Comment": params["comment"], "IsolationType": "Full"}
    return _ask(service, "POST", f"machines/{params['id']}/isolate", data)


def _release(service: Service, params: Json) -> Json:
    data = {"Comment": params["comment"]}
    return _ask(service, "POST", f"machines/{params['id']}/unisolate", data)


def _run_script(service: Service, params: Json) -> Json:
    script = params["parameters"]
    pairs = [("ScriptName", script["scriptName"]), ("Args", script.get("args", "--noargs"))]
    given = [{"key": key, "value": value} for key, value in pairs]
    comment = {"Comment": params["comment"]} if "comment" in params else {}
    data = {**comment, "Commands": [{"type": "RunScript", "params": given}]}
    return _ask(service, "POST", f"machines/{params['id']}/runliveresponse", data)


def _clause(key: str, value: Json) -> str:
    if isinstance(value, list):
        quoted = [f"'{item}'" for item in value]
        return f"{key} in ({','.join(quoted)})"
    return f"{key} eq '{value}'"


def _listing(path: str) -> Callable[[Service, Json], Json]:
    """Return what lists a page of what there is under a path, filtered by the other params."""

    def listing(service: Service, params: Json) -> Json:
        page, size = params.get("page", 1), params.get("pageSize", 20)
        clauses = [
            _clause(key, value) for key, value in params.items() if key not in ("page", "pageSize")
        ]
        query = {
            "$count": True,
            "$top": size,
            "$skip": page * size - size if page > 1 else None,
            "$filter": " AND ".join(clauses) or None,
        }
        answer = _ask(service, "GET", path, query=query)
        found = answer if isinstance(answer, dict) else {}
        total = found.get("@odata.count")
        return {
            **found,
            "page": page,
            "pageSize": size,
            "total": -1 if total is None else total,
        }

    return listing


_get_actions = _listing("machineactions")


def _results(service: Service, params: Json) -> Json:
    path = f"machineactions/{params['id']}/GetLiveResponseResultDownloadLink(index=0)"
    answer = _ask(service, "GET", path)
    url = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(url, str) or not url:
        raise Thrown(f"Download URL for script results of machineId [{params['id']}] not found")
    return service.request("GET", url)


def _test(service: Service, _: Json) -> Json:
    """Try every request on a machine that is not there, which is the answer that is hoped for."""
    why = {"id": NOBODY, "comment": "connector test"}
    tries: list[tuple[str, Callable[[Service, Json], Json], Json]] = [
        ("Machines API", _details, {"id": NOBODY}),
        ("Machine Isolate", _isolate, why),
        ("Machine Release", _release, why),
        ("Machine Actions", _get_actions, {"pageSize": 1}),
    ]
    if service.run.release.value(_SCRIPTS):
        script = {**why, "parameters": {"scriptName": "test"}}
        tries.append(("Machine RunScript", _run_script, script))
    for _name, act, params in tries:
        try:
            act(service, params)
        except Thrown as thrown:
            if "ResourceNotFound" not in thrown.text:
                raise
    return {"results": [f"API call to {name} was successful" for name, *_ in tries]}


class DefenderConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".microsoft_defender_endpoint"
    config = Config()
    secrets = Secrets()
    party = Defender()
    url_keys = ("oAuthServerUrl", "apiUrl")
    sub_actions = {  # noqa: RUF012
        "getAgentDetails": (Machine(), _details),
        "getAgentList": (_MACHINES, _listing("machines")),
        "isolateHost": (Isolation(), _isolate),
        "releaseHost": (Isolation(), _release),
        "testConnector": (Object({}), _test),
        "getActions": (_ACTIONS, _get_actions),
        "getLibraryFiles": (Object({}), lambda service, _: _ask(service, "GET", "libraryfiles")),
        "runScript": (Script(), _run_script),
        "getActionResults": (Machine(), _results),
    }
    newer = dict.fromkeys(
        ("getAgentList", "getLibraryFiles", "runScript", "getActionResults"), _SCRIPTS
    )
    example = {"subAction": "testConnector", "subActionParams": {}}  # noqa: RUF012

    def error_text(self, error: axios.AxiosError) -> str:
        """Return a sentence, what was asked, and the whole answer."""
        answer, request = error.response, error.request
        if answer is None:
            text = error.message
        elif answer.status == 401:
            text = "Unauthorized API Error (401)"
        else:
            text = f"API Error: [{axios.status_text(answer.status)}] {error.message}"
        method, url = ("undefined", "undefined")
        if request is not None:
            method, url = request.method.lower(), request.url.partition("?")[0]
        body = {} if answer is None else "" if answer.body is None else answer.body
        return f"{text}\nURL called:[{method}] {url}\nResponse body: {stringify(body)}"
