"""The `.abuseipdb` connector: asks for the reputation of IP addresses, and reports abuse."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address, ip_network
from urllib.parse import parse_qsl

from mockkibana.clock import iso
from mockkibana.connectors.specification import (
    Actions,
    Client,
    SpecifiedConnector,
    api_key,
    member,
    members,
    params_of,
    whole,
)
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Record
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.outbound.state import State
from mockkibana.validation import ArrayOf, Maybe, Object, String
from mockkibana.validation.formats import is_ipv4

_API = "https://api.abuseipdb.com/api/v2"
_HEADERS = {"content-type": "application/json"}
_ERRORS = ErrorAnswers(
    _HEADERS, {}, {"other": {"errors": [{"detail": "{reason}", "status": "{status}"}]}}
)
# Guess: AbuseIPDB does not say what a report adds to the score.
_SCORE_OF_A_REPORT = 25


class AbuseIpdb(Party):
    """AbuseIPDB; what it keeps are addresses: `{"abuseConfidenceScore", "totalReports", ...}`."""

    name = "abuseipdb"

    @property
    def errors(self) -> ErrorAnswers:
        """AbuseIPDB's JSON, which Kibana does not read."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Look an address up, or those of a network, or take a report."""
        path, _, query = message.path.partition("?")
        state = box.state(self)
        if message.method == "POST":
            fields = dict(parse_qsl(str(message.body)))
            return _said(_reported(fields["ip"], state, iso(box.clock.now())))
        asked = dict(parse_qsl(query))
        if path.endswith("/check"):
            return _said(_known(asked["ipAddress"], state))
        try:
            found = _reported_within(asked.get("network", ""), state)
        except ValueError:
            return _ERRORS.answer(422, path)
        return _said(found)


def _said(data: Record) -> Answer:
    return Answer(200, {"data": data}, _HEADERS)


def _known(address: str, state: State) -> Record:
    """Return what is known of an address; of most of them that is nothing bad."""
    unknown = {
        "ipAddress": address,
        "isPublic": ip_address(address).is_global,
        "ipVersion": 4,
        "isWhitelisted": False,
        "abuseConfidenceScore": 0,
        "countryCode": None,
        "usageType": None,
        "isp": None,
        "domain": None,
        "totalReports": 0,
        "lastReportedAt": None,
    }
    return unknown | (state.get(address) or {})


def _reported(address: str, state: State, now: str) -> Record:
    known = _known(address, state)
    score = min(100, _number(known["abuseConfidenceScore"]) + _SCORE_OF_A_REPORT)
    reports = _number(known["totalReports"]) + 1
    changed = {"abuseConfidenceScore": score, "totalReports": reports, "lastReportedAt": now}
    state.put(address, known | changed)
    return {"ipAddress": address, "abuseConfidenceScore": score}


def _reported_within(text: str, state: State) -> Record:
    """Return the reported addresses of a network; raises `ValueError` for what is none."""
    network = ip_network(text, strict=False)
    rows = [_known(address, state) for address in state.rows() if is_ipv4(address)]
    return {
        "networkAddress": str(network.network_address),
        "netmask": str(network.netmask),
        "reportedAddress": [
            {
                "ipAddress": row["ipAddress"],
                "numReports": row["totalReports"],
                "mostRecentReport": row["lastReportedAt"],
                "abuseConfidenceScore": row["abuseConfidenceScore"],
                "countryCode": row["countryCode"],
            }
            for row in rows
            if row["totalReports"] and ip_address(row["ipAddress"]) in network
        ],
    }


def _number(value: Json) -> int:
    """Return a number that a seed gave, 0 for what is none."""
    return value if type(value) is int else 0


def _ipv4(text: str) -> str | None:
    # No leading zeros, as zod has it.
    try:
        ip_address(text)
    except ValueError:
        return "Invalid IPv4 address"
    return None if is_ipv4(text) else "Invalid IPv4 address"


def _looked_up(path: str, *keys: str, **more: Json) -> Callable[[Client, Json], Json]:
    """Return an action that asks for a path with its params, and returns some keys of the data."""

    def act(client: Client, params: Json) -> Json:
        said = client.get(f"{_API}/{path}", {**params, **more})
        return members(member(said, "data"), *keys)

    return act


def _report(client: Client, params: Json) -> Json:
    fields = {"ip": params["ip"], "categories": ",".join(str(int(n)) for n in params["categories"])}
    if params.get("comment"):
        fields["comment"] = params["comment"]
    said = client.post_form(f"{_API}/report", fields)
    return members(member(said, "data"), "ipAddress", "abuseConfidenceScore")


_ADDRESS = String(validate=_ipv4)
_ACTIONS: Actions = {
    "checkIp": (
        Object(
            {"ipAddress": _ADDRESS, "maxAgeInDays": whole(1, 365, default=90)},
            unknowns="ignore",
        ),
        _looked_up(
            "check",
            "ipAddress",
            "abuseConfidenceScore",
            "usageType",
            "isp",
            "countryCode",
            "totalReports",
        ),
    ),
    "reportIp": (
        Object(
            {
                "ip": _ADDRESS,
                "categories": ArrayOf(whole(), min_size=1),
                "comment": Maybe(String()),
            },
            unknowns="ignore",
        ),
        _report,
    ),
    "getIpInfo": (
        Object({"ipAddress": _ADDRESS}, unknowns="ignore"),
        _looked_up(
            "check",
            "ipAddress",
            "isPublic",
            "ipVersion",
            "isWhitelisted",
            "abuseConfidenceScore",
            "countryCode",
            "usageType",
            "isp",
            "domain",
            verbose=True,
        ),
    ),
    "bulkCheck": (
        Object(
            {"network": String(), "maxAgeInDays": whole(1, 365, default=30)},
            unknowns="ignore",
        ),
        _looked_up("check-block", "networkAddress", "netmask", "reportedAddress"),
    ),
}


class AbuseIpdbConnector(SpecifiedConnector):
    """Looks up addresses and networks, and reports addresses."""

    id = ".abuseipdb"
    secrets = api_key("Key")
    actions = _ACTIONS
    params = params_of(_ACTIONS)
    party = AbuseIpdb()
    test_request = (f"{_API}/check", {"ipAddress": "8.8.8.8"}, {})
    connected = "Successfully connected to AbuseIPDB API"
    not_connected = "Failed to connect: {error}"
    example = {  # noqa: RUF012
        "subAction": "checkIp",
        "subActionParams": {"ipAddress": "203.0.113.7"},
    }
