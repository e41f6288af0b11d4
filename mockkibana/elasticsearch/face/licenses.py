"""The APIs about the licence."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from mockkibana.clock import iso, parse_time
from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rendering import pretty_text
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer
from mockkibana.json import Encoded, Json

# Nobody knows when a licence was issued that has no end, but it is always the same time.
_ISSUED = int(parse_time("2024-01-01").timestamp() * 1000)
_DAY = 86_400_000
_DAYS = {"trial": 30}
_YEAR = 365
_SELF_GENERATED = ("basic", "trial")
_NODES, _RESOURCE_UNITS = 1000, 100


def get(request: RestRequest) -> Answer:
    """Answer the licence, on several lines unless the request says otherwise."""
    headers = {}
    if "accept_enterprise" in request.parameters.values:
        if not request.parameters.flag("accept_enterprise"):
            raise illegal_argument("The [accept_enterprise] parameters may not be false")
        headers["Warning"] = request.warning(
            "Including [accept_enterprise] in get license requests is deprecated. The parameter "
            "will be removed in the next major version"
        )
    body: Json = {"license": _license(request)}
    if "pretty" not in request.parameters.values:
        body = Encoded(f"{pretty_text(body)}\n".encode())
    return Answer(200, body, headers)


def xpack(request: RestRequest) -> Answer:
    """Answer what is installed: the build, the licence, and the features that there are here."""
    version = request.authorized_cluster().info()["version"]
    license_ = _license(request)
    told = {
        "uid": license_["uid"],
        "type": license_["type"],
        "mode": license_["type"],
        "status": license_["status"],
    }
    if "expiry_date_in_millis" in license_:
        told["expiry_date_in_millis"] = license_["expiry_date_in_millis"]
    body = {
        "build": {"hash": version["build_hash"], "date": version["build_date"]},
        "license": told,
        # A node tells of some twenty more, none of which is here.
        "features": {"security": {"available": True, "enabled": request.cluster.is_secured}},
        "tagline": "You know, for X",
    }
    return Answer(200, body)


def trial_status(request: RestRequest) -> Answer:
    """Answer whether a trial can be started: once for an installation."""
    return Answer(200, {"eligible_to_start_trial": _type(request) != "trial"})


def basic_status(request: RestRequest) -> Answer:
    """Answer whether there is a basic licence to change to."""
    return Answer(200, {"eligible_to_start_basic": _type(request) != "basic"})


def _type(request: RestRequest) -> str:
    return request.authorized_cluster().installation.license.type


def _license(request: RestRequest) -> dict[str, Json]:
    """Return the licence in the order of `License.toXContent`."""
    info = request.authorized_cluster().info()
    license_ = request.cluster.installation.license
    kind, expiry = license_.type, license_.expiry
    issued = _ISSUED if expiry is None else expiry - _DAYS.get(kind, _YEAR) * _DAY
    is_enterprise = kind == "enterprise"
    is_own = kind in _SELF_GENERATED
    return {
        "status": "active" if license_.is_active else "expired",
        "uid": _uid(f"{info['cluster_uuid']} {kind}"),
        "type": kind,
        **_dates("issue", issued),
        # Where there is no end, nothing is said of it: so it is for a basic licence.
        **({} if expiry is None else _dates("expiry", expiry)),
        "max_nodes": None if is_enterprise else _NODES,
        "max_resource_units": _RESOURCE_UNITS if is_enterprise else None,
        "issued_to": info["cluster_name"],
        "issuer": "elasticsearch" if is_own else "API",
        "start_date_in_millis": -1 if is_own else issued,
    }


def _dates(name: str, milliseconds: int) -> dict[str, Any]:
    told = iso(datetime.fromtimestamp(milliseconds / 1000, UTC))
    return {f"{name}_date": told, f"{name}_date_in_millis": milliseconds}


def _uid(text: str) -> str:
    return str(UUID(bytes=sha256(text.encode()).digest()[:16], version=4))
