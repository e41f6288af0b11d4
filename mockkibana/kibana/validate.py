"""The values that a connector is made of and run with, checked as Kibana checks and words it."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType
from mockkibana.json import Json
from mockkibana.kibana.errors import KibanaError, bad_request
from mockkibana.settings import Settings
from mockkibana.validation import Refused, load
from mockkibana.validation.releases import of_type
from mockkibana.validation.wording import type_sentence


def validated_params(connector_type: ConnectorType, params: Json, settings: Settings) -> Json:
    """Return the params, defaults filled in; raises `KibanaError` 400."""
    try:
        loaded = load(of_type(connector_type.params, settings.release), params)
    except Refused as refused:
        said = type_sentence(refused.failure, settings.release)
        raise bad_request(f"error validating action params: {said}") from None
    if text := connector_type.validate_params(loaded, settings):
        raise bad_request(f"error validating action params: {text}")
    return loaded


def validated_config(connector_type: ConnectorType, config: Json, settings: Settings) -> Json:
    """Return the config, defaults filled in; raises `KibanaError` 400."""
    try:
        loaded = load(of_type(connector_type.config, settings.release), config)
    except Refused as refused:
        said = type_sentence(refused.failure, settings.release)
        raise _refused("config", said, settings) from None
    if text := connector_type.validate_config(loaded, settings):
        raise _refused("config", text, settings)
    return loaded


def validated_secrets(connector_type: ConnectorType, secrets: Json, settings: Settings) -> Json:
    """Return the secrets, defaults filled in; raises `KibanaError` 400."""
    if secrets is None and settings.release.null_secrets:
        return None
    try:
        loaded = load(of_type(connector_type.secrets, settings.release), secrets)
    except Refused as refused:
        said = type_sentence(refused.failure, settings.release)
        raise _refused("secrets", said, settings) from None
    if text := connector_type.validate_secrets(loaded, settings):
        raise _refused("secrets", text, settings)
    return loaded


def _refused(part: str, text: str, settings: Settings) -> KibanaError:
    return bad_request(f"error validating {settings.release.type_noun} {part}: {text}")


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
