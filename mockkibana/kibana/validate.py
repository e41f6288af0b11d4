"""The checks of a connector type that create, update and run share, worded as Kibana words them."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.catalog import ConnectorTypes, enabled_in_config
from mockkibana.json import Json
from mockkibana.kibana.errors import bad_request, forbidden
from mockkibana.settings import Settings
from mockkibana.settings.license import License
from mockkibana.validation import Field, Refused, Schema, load
from mockkibana.validation.wording import sentence


def require_registered(types: ConnectorTypes, connector_type_id: str) -> ConnectorType:
    """Return the type of this id, or raise the 400 for an id that is not registered."""
    connector_type = types.get(connector_type_id)
    if connector_type is None:
        raise bad_request(f'Action type "{connector_type_id}" is not registered.')
    return connector_type


def check_enabled(
    types: ConnectorTypes, connector_type: ConnectorType, settings: Settings, license_: License
) -> None:
    """Raise a 403 if `enabledActionTypes` leaves the type out, or the licence does so."""
    if not enabled_in_config(connector_type.id, settings):
        raise forbidden(
            f'action type "{connector_type.id}" is not enabled in the Kibana config '
            "xpack.actions.enabledActionTypes"
        )
    check_licensed(types, connector_type, license_)


def check_licensed(types: ConnectorTypes, connector_type: ConnectorType, license_: License) -> None:
    """Raise a 403 if the licence does not include the type (`license_state.ts`)."""
    if license_.includes_everything:
        return
    match license_.check(types.minimum_license(connector_type)):
        case "expired":
            reason = f"your {license_.type} license has expired."
        case "invalid":
            reason = (
                f"your {license_.type} license does not support it. Please upgrade your license."
            )
        case _:
            return
    raise forbidden(f"Action type {connector_type.id} is disabled because {reason}")


def check_license(license_: License) -> None:
    """Raise the 403 with which every route of the actions plugin refuses an expired licence.

    It comes before all that is said of a single type (`verify_api_access.ts`,
    licensing/common/license.ts).
    """
    if not license_.is_active:
        raise forbidden(f"You cannot use actions because your {license_.type} license has expired.")


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


def validate_connector(connector_type: ConnectorType, config: Json, secrets: Json) -> None:
    """Check config and secrets against each other; raises `KibanaError` 400."""
    if text := connector_type.validate_connector(config, secrets):
        raise bad_request(f"error validating action type connector: {text}")


def _loaded(schema: Field | Schema, value: Json, prefix: str) -> Json:
    try:
        return load(schema, value)
    except Refused as refused:
        raise bad_request(f"{prefix}: {sentence(refused.failure)}") from None
