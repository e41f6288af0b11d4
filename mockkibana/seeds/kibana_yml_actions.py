"""The keys of a kibana.yml below `xpack.actions`, and what of them a world obeys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mockkibana.http.urls import is_url
from mockkibana.json import Json
from mockkibana.settings import CustomHost, PreconfiguredConnector, refused_connector_id
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    ByteSize,
    Duration,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    literals,
)


def _record() -> Field:
    return RecordOf(AnyValue(), load_default=dict)


def _connector_ids(connectors: Json) -> str | None:
    return next(filter(None, map(refused_connector_id, connectors)), None)


class Preconfigured(Schema):
    """A preconfigured connector."""

    name = String(min_length=1)
    actionTypeId = String(min_length=1)  # noqa: N815 - Kibana's own names, here and below
    config = _record()
    secrets = _record()
    exposeConfig = Maybe(Boolean())  # noqa: N815


_LONGEST_BODY = 25 * 1024 * 1024  # Guess: how many bytes Kibana means by 25 MB.
_EMAIL_SERVICES = (
    "google-mail",
    "microsoft-exchange",
    "microsoft-outlook",
    "amazon-ses",
    "elastic-cloud",
    "other",
    "*",
)


def _email(email: Json) -> str | None:
    if not email:
        return "email.domain_allowlist or email.services must be defined"
    if "domain_allowlist" in email and "recipient_allowlist" in email:
        # Guess: Kibana's own words for it.
        return (
            "xpack.actions.email.domain_allowlist and xpack.actions.email.recipient_allowlist "
            "cannot be used at the same time"
        )
    return None


_ENABLED = ArrayOf(OneOf([Literal(service) for service in _EMAIL_SERVICES]), min_size=1)
_EMAIL = Object(
    {
        "domain_allowlist": Maybe(ArrayOf(String())),
        "recipient_allowlist": Maybe(ArrayOf(String(), min_size=1)),
        "services": Maybe(Object({"enabled": Maybe(_ENABLED)})),
        "maximum_body_length": Maybe(Number(min=0, max=_LONGEST_BODY)),
    },
    validate=_email,
)


_MODE = Maybe(literals("none", "certificate", "full"))
_FILES = OneOf([String(min_length=1), ArrayOf(String(min_length=1), min_size=1)])
_CUSTOM_HOST = {
    "url": String(min_length=1),
    "smtp": Maybe(Object({"ignoreTLS": Maybe(Boolean()), "requireTLS": Maybe(Boolean())})),
    "ssl": Maybe(
        Object(
            {
                "verificationMode": _MODE,
                "certificateAuthoritiesFiles": Maybe(_FILES),
                "certificateAuthoritiesData": Maybe(String(min_length=1)),
            }
        )
    ),
}


class Actions(Schema):
    """The keys below `xpack.actions`, in the order in which Kibana looks at them."""

    unknowns = "ignore"

    allowedHosts = Maybe(ArrayOf(OneOf([String(hostname=True), Literal("*")])))  # noqa: N815
    enabledActionTypes = Maybe(ArrayOf(OneOf([String(), Literal("*")])))  # noqa: N815
    preconfiguredAlertHistoryEsIndex = Maybe(Boolean())  # noqa: N815
    preconfigured = RecordOf(
        Object(Preconfigured(unknowns="forbid")), load_default=dict, validate=_connector_ids
    )
    proxyUrl = Maybe(String())  # noqa: N815
    proxyBypassHosts = Maybe(ArrayOf(String(hostname=True)))  # noqa: N815
    proxyOnlyHosts = Maybe(ArrayOf(String(hostname=True)))  # noqa: N815
    ssl = Maybe(Object({"verificationMode": _MODE}, unknowns="ignore"))
    maxResponseContentLength = Maybe(ByteSize())  # noqa: N815
    responseTimeout = Maybe(Duration())  # noqa: N815
    customHostSettings = Maybe(ArrayOf(Object(_CUSTOM_HOST)))  # noqa: N815
    microsoftGraphApiUrl = Maybe(String())  # noqa: N815
    microsoftGraphApiScope = Maybe(String())  # noqa: N815
    microsoftExchangeUrl = Maybe(String())  # noqa: N815
    email = Maybe(_EMAIL)
    enableFooterInEmail = Boolean(load_default=True)  # noqa: N815
    webhook = Maybe(
        Object({"ssl": Object({"pfx": Object({"enabled": Boolean(load_default=True)})})})
    )


def settings_of_actions(actions: dict[str, Any]) -> dict[str, Any]:
    """Return arguments of `Settings` for what the valid keys say; None where they say nothing."""
    webhook = actions.get("webhook")
    email = actions.get("email", {})
    milliseconds = actions.get("responseTimeout")
    return {
        "allowed_hosts": actions.get("allowedHosts"),
        "enabled_action_types": actions.get("enabledActionTypes"),
        "preconfigured_alert_history_es_index": actions.get("preconfiguredAlertHistoryEsIndex"),
        "response_timeout": None if milliseconds is None else milliseconds / 1000,
        "max_response_content_length": actions.get("maxResponseContentLength"),
        "proxy_url": actions.get("proxyUrl"),
        "proxy_bypass_hosts": actions.get("proxyBypassHosts"),
        "proxy_only_hosts": actions.get("proxyOnlyHosts"),
        "ssl_verification_mode": actions.get("ssl", {}).get("verificationMode"),
        "custom_host_settings": [*_custom_hosts(actions.get("customHostSettings", []))],
        "microsoft_graph_api_url": actions.get("microsoftGraphApiUrl"),
        "microsoft_graph_api_scope": actions.get("microsoftGraphApiScope"),
        "microsoft_exchange_url": actions.get("microsoftExchangeUrl"),
        "email_domain_allowlist": email.get("domain_allowlist"),
        "email_recipient_allowlist": email.get("recipient_allowlist"),
        "email_services_enabled": email.get("services", {}).get("enabled"),
        "email_maximum_body_length": email.get("maximum_body_length"),
        "enable_footer_in_email": actions["enableFooterInEmail"],
        "webhook_ssl_pfx_enabled": webhook["ssl"]["pfx"]["enabled"] if webhook else None,
        "preconfigured": [
            PreconfiguredConnector(
                id=connector_id,
                name=connector["name"],
                connector_type_id=connector["actionTypeId"],
                config=connector["config"],
                secrets=connector["secrets"],
                expose_config=connector.get("exposeConfig", False),
            )
            for connector_id, connector in actions["preconfigured"].items()
        ],
    }


def _custom_hosts(rows: list[Json]) -> Iterator[CustomHost]:
    """Iterate over the hosts that Kibana takes; others it passes over (`custom_host_settings.ts`).

    Of several entries for one host it takes the first; what follows host and port does not count.
    """
    seen = set()
    for row in rows:
        url = _canonical(row["url"])
        if url is None or url in seen:
            continue
        seen.add(url)
        ssl = row.get("ssl", {})
        files = ssl.get("certificateAuthoritiesFiles", [])
        files = [files] if isinstance(files, str) else files
        has_file = any(Path(file).is_file() for file in files)
        has_authority = "certificateAuthoritiesData" in ssl or has_file
        yield CustomHost(
            url=url, verification_mode=ssl.get("verificationMode"), has_authority=has_authority
        )


def _canonical(url: str) -> str | None:
    if not is_url(url):
        return None
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return None
    ports = {"https": 443, "smtp": 25}
    if parts.scheme not in ports or not parts.hostname or port == 0:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port or ports[parts.scheme]}"
