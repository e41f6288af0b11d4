"""Whether a connector type can be used: it is registered, enabled, and licensed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.connectors.catalog import ConnectorTypes, enabled_in_config
from mockkibana.kibana.errors import bad_request, forbidden
from mockkibana.settings import Settings
from mockkibana.settings.license import License
from mockkibana.settings.release import Release

if TYPE_CHECKING:
    from mockkibana.connectors.base import ConnectorType


# These words are the mock's own, as Kibana has the type.
_ONLY_LISTED = (
    'mockkibana lists the connector type "{}", but makes and runs no connector of it: '
    "it does not know the schema of its config, secrets and params."
)


def require_registered(
    types: ConnectorTypes, connector_type_id: str, release: Release | None = None
) -> ConnectorType:
    """Return the type of this id, or raise the 400 for an id that is not registered.

    A type that is only listed is refused in words of our own. Without a release it may be one of
    any.
    """
    if release is None:
        connector_type = types.get(connector_type_id)
    else:
        connector_type = types.registered(connector_type_id, release)
    if connector_type is None:
        if types.is_kibanas(connector_type_id, release):
            raise bad_request(_ONLY_LISTED.format(connector_type_id))
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
