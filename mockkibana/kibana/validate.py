"""The values that a connector is made of and run with, checked as Kibana checks and words it."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType
from mockkibana.json import Json
from mockkibana.kibana.errors import bad_request
from mockkibana.settings import Settings
from mockkibana.validation import Field, Refused, Schema, load
from mockkibana.validation.wording import sentence


def validated_params(connector_type: ConnectorType, params: Json) -> Json:
    """Return the params, defaults filled in; raises `KibanaError` 400."""
    return _loaded(connector_type.params, params, "error validating action params")


def validated_config(connector_type: ConnectorType, config: Json, settings: Settings) -> Json:
    """Return the config, defaults filled in; raises `KibanaError` 400."""
    loaded = _loaded(connector_type.config, config, "error validating action type config")
    if text := connector_type.validate_config(loaded, settings):
        raise bad_request(f"error validating action type config: {text}")
    return loaded


def validated_secrets(connector_type: ConnectorType, secrets: Json, settings: Settings) -> Json:
    """Return the secrets, defaults filled in; raises `KibanaError` 400."""
    loaded = _loaded(connector_type.secrets, secrets, "error validating action type secrets")
    if text := connector_type.validate_secrets(loaded, settings):
        raise bad_request(f"error validating action type secrets: {text}")
    return loaded


def check_together(connector_type: ConnectorType, config: Json, secrets: Json) -> None:
    """Check config and secrets against each other, both as sent; raises `KibanaError` 400."""
    if text := connector_type.validate_connector(config, secrets):
        raise bad_request(f"error validating action type connector: {text}")


def validated_connector(
    connector_type: ConnectorType, config: Json, secrets: Json, settings: Settings
) -> tuple[Json, Json]:
    """Return config and secrets, each by itself and both together; raises `KibanaError` 400."""
    valid_config = validated_config(connector_type, config, settings)
    valid_secrets = validated_secrets(connector_type, secrets, settings)
    check_together(connector_type, config, secrets)
    return valid_config, valid_secrets


def _loaded(schema: Field | Schema, value: Json, prefix: str) -> Json:
    try:
        return load(schema, value)
    except Refused as refused:
        raise bad_request(f"{prefix}: {sentence(refused.failure)}") from None
