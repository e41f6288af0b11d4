"""Well-known mail services, found as nodemailer finds them (`lib/well-known`)."""

from __future__ import annotations

import re
from functools import cache

from mockkibana.data import data
from mockkibana.json import Json

_DROPPED = re.compile(r"[^a-zA-Z0-9.-]")
# Kibana's own, which only works inside Elastic's cloud (`email/index.ts`).
_ELASTIC_CLOUD: dict[str, Json] = {"host": "dockerhost", "port": 10025, "secure": False}


def well_known_service(name: str) -> Json:
    """Return `host`, `port` and `secure` of a service, as far as known; `{}` for an unknown one.

    The name may be an alias, a domain or a mail address; letter case and blanks do not count.
    """
    if name == "elastic_cloud":
        return _ELASTIC_CLOUD
    return _services().get(_normalized(name.rpartition("@")[2]), {})


# What the setting `xpack.actions.email.services.enabled` calls services (`common/email`).
_NAMES = {
    "gmail": "google-mail",
    "outlook365": "microsoft-outlook",
    "ses": "amazon-ses",
    "elastic_cloud": "elastic-cloud",
    "exchange_server": "microsoft-exchange",
    "other": "other",
}


def kibanas_name(service: str) -> str | None:
    """Return what `xpack.actions.email.services.enabled` calls a service; None: it does not."""
    return _NAMES.get(service)


def _normalized(name: str) -> str:
    return _DROPPED.sub("", name).lower()


@cache
def _services() -> dict[str, Json]:
    return {
        _normalized(name): {key: row[key] for key in ("host", "port", "secure") if key in row}
        for row in data("email_services")
        for name in (row["name"], *row.get("aliases", ()))
    }
