"""What the ServiceNow connectors share: config, secrets, their checks, and common fields."""

from __future__ import annotations

from mockkibana.connectors.additional_fields import additional_fields
from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.servicenow_instance import ServiceNowInstance
from mockkibana.json import Json
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.settings import Settings
from mockkibana.validation import (
    Boolean,
    ByRelease,
    Maybe,
    Nullable,
    Schema,
    String,
)

_OF_CONFIG = ("userIdentifierValue", "clientId", "jwtKeyId")


class EventsConfig(Schema):
    """The URL of ServiceNow, and who logs in by OAuth."""

    apiUrl = String()  # noqa: N815 - Kibana's own names, here and below
    isOAuth = Boolean(load_default=False)  # noqa: N815
    userIdentifierValue = Nullable(String())  # noqa: N815
    clientId = Nullable(String())  # noqa: N815
    jwtKeyId = Nullable(String())  # noqa: N815


class IncidentsConfig(EventsConfig):
    """The same, and whether incidents go through the table API, as they did of old."""

    usesTableApi = Boolean(load_default=True)  # noqa: N815


class Secrets(Schema):
    """A user's credentials, or those of an OAuth client."""

    username = Nullable(String())
    password = Nullable(String())
    clientSecret = Nullable(String())  # noqa: N815
    privateKey = Nullable(String())  # noqa: N815
    privateKeyPassword = Nullable(String())  # noqa: N815


def grouping_key() -> ByRelease:
    """Return the field of a key that alerts share; an absent one became a template for rules."""
    template = Nullable(String(), load_default="{{rule.id}}:{{alert.id}}")
    return ByRelease({"8.17": Nullable(String()), "9.3": template})


_COMMON = (
    "short_description",
    "description",
    "externalId",
    "category",
    "subcategory",
    "correlation_id",
    "correlation_display",
    "additional_fields",
)
_ADDITIONAL_FIELDS = additional_fields("additional_fields", _COMMON, 20)


class Incident(Schema):
    """What incidents of all kinds have."""

    short_description = String()
    description = Nullable(String())
    externalId = Nullable(String())  # noqa: N815
    category = Nullable(String())
    subcategory = Nullable(String())
    correlation_id = grouping_key()
    correlation_display = Nullable(String())
    additional_fields = ByRelease({"8.17": Maybe(_ADDITIONAL_FIELDS), "9.3": _ADDITIONAL_FIELDS})


class ServiceNowType(ConnectorType):
    """A type that talks to ServiceNow, with the checks of all of them (`validators.ts`)."""

    secrets = Secrets()
    party = ServiceNowInstance()

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse a URL whose host is not allowed, and OAuth without its ids."""
        if text := refused_url(config["apiUrl"], settings):
            return f"error configuring connector action: {text}"
        return _missing(config, _OF_CONFIG, "true") if config["isOAuth"] else None

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:  # noqa: ARG002
        """Refuse secrets that are no whole credentials."""
        username, password = secrets["username"], secrets["password"]
        client_secret, private_key = secrets["clientSecret"], secrets["privateKey"]
        if not (username or password or client_secret or private_key):
            return "Either basic auth or OAuth credentials must be specified"
        if username or password:
            text = "username and password must both be specified"
            return None if username and password else text
        text = "clientSecret and privateKey must both be specified"
        return None if client_secret and private_key else text

    def validate_connector(self, config: Json, secrets: Json) -> str | None:
        """Refuse what belongs to the other kind of authentication."""
        if config.get("isOAuth"):
            text = _missing(config, _OF_CONFIG, "true")
            text = text or _missing(secrets, ("clientSecret", "privateKey"), "true")
            if not text and (secrets.get("username") or secrets.get("password")):
                text = "Username and password should not be provided with isOAuth = true"
            return text
        text = _missing(secrets, ("username", "password"), "false")
        given = [
            *map(config.get, _OF_CONFIG),
            secrets.get("clientSecret"),
            secrets.get("privateKey"),
        ]
        if not text and any(given):
            text = (
                "clientId, clientSecret, userIdentifierValue, jwtKeyId and privateKey should not "
                "be provided with isOAuth = false"
            )
        return text


def _missing(values: Json, names: tuple[str, ...], is_oauth: str) -> str | None:
    missing = next((name for name in names if values.get(name) is None), None)
    return missing and f"{missing} must be provided when isOAuth = {is_oauth}"
