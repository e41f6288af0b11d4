"""The `.crowdstrike` connector: finds hosts in CrowdStrike's Falcon, and contains them."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, quote

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.grants import granted, is_granted
from mockkibana.connectors.sub_action_framework import (
    ANYTHING,
    FORM,
    Service,
    SubActionConnector,
)
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.javascript import stringify
from mockkibana.json import Json, Record
from mockkibana.outbound.axios import AxiosError
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import ArrayOf, Maybe, Object, Schema, String, literals

_TOKEN_LIFE, _KEPT = 1799, 29 * 60  # seconds that a token is good, and that Kibana keeps it
_HEADERS = {"content-type": "application/json"}
_OLD = {"getAgentDetails", "getAgentOnlineStatus", "hostActions"}
_COMMANDS = {"8.17": False, "8.18": True}  # which versions run them
_RTR = "/real-time-response/combined/batch-"
_THROWN = re.compile(r"Status code: \d+. Message: (.+)")
_META = {"query_time": 0.1, "powered_by": "device-api"}
_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "401": {
            "meta": _META,
            "errors": [{"code": 401, "message": "access denied, invalid token"}],
        },
        "403": {
            "meta": _META,
            "errors": [{"code": 403, "message": "access denied, authorization failed"}],
        },
        "429": {"meta": _META, "errors": [{"code": 429, "message": "API rate limit exceeded."}]},
        "other": {"meta": _META, "errors": [{"code": "{status}", "message": "{reason}"}]},
    },
)


class Falcon(Party):
    """CrowdStrike's Falcon, in which every host that is asked for is there.

    What it keeps are the hosts that were contained or released, by id.
    """

    name = "crowdstrike"

    @property
    def errors(self) -> ErrorAnswers:
        """CrowdStrike's JSON."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Give a token, find hosts, contain and release them, and pretend to run commands."""
        path, _, text = message.path.partition("?")
        query = parse_qs(text)
        ids = query.get("ids", [""])[0].split(",")
        if path.endswith("/oauth2/token"):
            token = granted(self, box, _TOKEN_LIFE)
            answer = {"access_token": token, "expires_in": _TOKEN_LIFE, "token_type": "bearer"}
            return Answer(201, answer, _HEADERS)
        if not is_granted(self, message, box):
            return _ERRORS.answer(401, path)
        if path.endswith("/devices/entities/devices/v2"):
            return _found([self._host(id_, box) for id_ in ids], box)
        if path.endswith("/devices/entities/online-state/v1"):
            return _found([{"id": id_, "state": "online"} for id_ in ids], box)
        if path.endswith("/devices/entities/devices-actions/v2"):
            return self._act(query.get("action_name", [""])[0], message.body["ids"], box)
        if path.endswith("/real-time-response/entities/scripts/v1"):
            return _found([{"id": "1", "name": "hello.sh", "platform": ["linux"]}], box)
        if path.endswith(f"{_RTR}init-session/v1"):
            answer = {"batch_id": box.ids.uuid("crowdstrike-batch"), "resources": {}, "errors": []}
            return Answer(201, {**answer, "meta": _meta(box)}, _HEADERS)
        if _RTR in path:
            return Answer(201, _executed(message.body, box), _HEADERS)
        return _ERRORS.answer(404, path)

    def _host(self, id_: str, box: Box) -> Record:
        return box.state(self).get(id_) or {
            "device_id": id_,
            "hostname": f"host-{id_}",
            "platform_name": "Linux",
            "status": "normal",
        }

    def _act(self, action: str, ids: list[str], box: Box) -> Answer:
        status = {"contain": "contained", "lift_containment": "normal"}[action]
        for id_ in ids:
            box.state(self).put(id_, {**self._host(id_, box), "status": status})
        rows: list[Json] = [
            {"id": id_, "path": f"/devices/entities/devices/v1?ids={id_}"} for id_ in ids
        ]
        return _found(rows, box, 202)


def _meta(box: Box) -> Record:
    return {**_META, "trace_id": box.ids.uuid("crowdstrike-trace")}


def _found(rows: list[Json], box: Box, status: int = 200) -> Answer:
    return Answer(status, {"resources": rows, "meta": _meta(box), "errors": []}, _HEADERS)


def _executed(body: Json, box: Box) -> Json:
    hosts = {
        host: {
            "session_id": box.ids.uuid("crowdstrike-session"),
            "task_id": box.ids.uuid("crowdstrike-task"),
            "complete": True,
            "stdout": "",
            "stderr": "",
            "base_command": body["base_command"],
            "aid": host,
            "errors": [],
            "query_time": 0.1,
            "offline_queued": False,
        }
        for host in body.get("hosts") or ()
        if isinstance(host, str)
    }
    return {"combined": {"resources": hosts}, "meta": _meta(box), "errors": []}


class Config(Schema):
    """The URL of CrowdStrike's API."""

    url = String()


class Secrets(Schema):
    """An API client."""

    clientId = String()  # noqa: N815 - Kibana's own names, here and below
    clientSecret = String()  # noqa: N815


class Hosts(Schema):
    """The ids of hosts."""

    ids = ArrayOf(String())


class HostAction(Schema):
    """What to do with hosts."""

    command = literals("contain", "lift_containment")
    actionParameters = Maybe(Object({}, unknowns="allow"))  # noqa: N815
    ids = ArrayOf(String())
    alertIds = Maybe(ArrayOf(String()))  # noqa: N815
    comment = Maybe(String())


class _Falcon:
    """One run's requests, with a token that Kibana keeps, even where it is refused.

    Each connector has its own, where Kibana has one for all of the type.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def ask(self, method: str, path: str, data: Json = None) -> Json:
        """Send a request; of an error only the message is thrown (`crowdstrike/error.ts`)."""
        url = f"{self._service.config['url']}{path}"
        try:
            token = self._service.run.token.get() or self._new_token()
            headers = {"Authorization": token}
            return self._service.request(method, url, data, headers=headers)
        except Thrown as thrown:
            found = _THROWN.search(thrown.text)
            raise Thrown(found[1] if found else thrown.text) from None

    def _new_token(self) -> str:
        config, secrets = self._service.config, self._service.secrets
        answer = self._service.request(
            "POST",
            f"{config['url']}/oauth2/token",
            headers={"accept": "application/json", "Content-Type": FORM},
            auth=(secrets["clientId"], secrets["clientSecret"]),
        )
        token = answer.get("access_token") if isinstance(answer, dict) else None
        header = f"Bearer {token if isinstance(token, str) else 'undefined'}"
        if isinstance(token, str):
            self._service.run.token.keep(header, _KEPT)
        return header


def _get(path: str) -> Callable[[Service, Json], Json]:
    """Return what asks for a path with the ids of hosts."""

    def get(service: Service, params: Json) -> Json:
        query = f"?ids={_encoded(','.join(params['ids']))}"
        return _Falcon(service).ask("GET", f"{path}{query}")

    return get


def _encoded(text: str) -> str:
    return quote(text, safe="!'()*~", errors="replace")


def _act(service: Service, params: Json) -> Json:
    data = {"ids": params["ids"]}
    if "actionParameters" in params:
        data["action_parameters"] = [
            {"name": name, "value": value} for name, value in params["actionParameters"].items()
        ]
    path = f"/devices/entities/devices-actions/v2?action_name={params['command']}"
    return _Falcon(service).ask("POST", path, data)


def _command(name: str) -> Callable[[Service, Json], Json]:
    """Return what runs a command on hosts in a new session; there is but one command."""

    def run(service: Service, params: Json) -> Json:
        falcon = _Falcon(service)
        hosts = {} if "endpoint_ids" not in params else {"host_ids": params["endpoint_ids"]}
        session = falcon.ask("POST", f"{_RTR}init-session/v1", hosts)
        command = params.get("command")
        if not isinstance(command, str):
            text = "payload.command.split is not a function"
            if command is None:
                word = "null" if "command" in params else "undefined"
                text = f"Cannot read properties of {word} (reading 'split')"
            raise Thrown(text)
        base = command.split(" ")[0]
        if base != "runscript":
            raise Thrown("Command not supported")
        data = {
            "base_command": base,
            "command_string": command,
            "batch_id": session.get("batch_id") if isinstance(session, dict) else None,
            "hosts": params.get("endpoint_ids"),
            "persist_all": False,
        }
        return falcon.ask("POST", f"{_RTR}{name}/v1", data)

    return run


def _scripts(service: Service, _: Json) -> Json:
    return _Falcon(service).ask("GET", "/real-time-response/entities/scripts/v1")


class CrowdstrikeConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".crowdstrike"
    config = Config()
    secrets = Secrets()
    party = Falcon()
    sub_actions = {  # noqa: RUF012
        "getAgentDetails": (Hosts(), _get("/devices/entities/devices/v2")),
        "getAgentOnlineStatus": (Hosts(), _get("/devices/entities/online-state/v1")),
        "hostActions": (HostAction(), _act),
        "executeRTRCommand": (ANYTHING, _command("command")),
        "batchActiveResponderExecuteRTR": (ANYTHING, _command("active-responder-command")),
        "batchAdminExecuteRTR": (ANYTHING, _command("admin-command")),
        "getRTRCloudScripts": (ANYTHING, _scripts),
    }
    # Guess: 8.18 and 9.0 have them for all, not behind a flag.
    newer = dict.fromkeys(sub_actions.keys() - _OLD, _COMMANDS)
    example = {  # noqa: RUF012
        "subAction": "getAgentDetails",
        "subActionParams": {"ids": ["d3b07384d113edec49eaa6238ad5ff00"]},
    }

    def error_text(self, error: AxiosError) -> str:
        """Return CrowdStrike's first error, or what the wire or the answer says."""
        body = error.response.body if error.response else {}
        errors = body.get("errors") if isinstance(body, dict) else None
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            return str(errors[0].get("message", "undefined"))
        if error.code == "ENOTFOUND":
            return f"URL not found: {error.message.rpartition(' ')[2]}"
        if error.code == "ECONNREFUSED":
            return f"Connection Refused: {error.message.rpartition(' ')[2]}"
        what = "API Error" if error.response else "Unknown API Error"
        return f"{what}: {stringify('' if body is None else body)}"
