"""The JSON of a connector, as Kibana answers it."""

from __future__ import annotations

from typing import Any

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.json import Json
from mockkibana.kibana.caller import Caller
from mockkibana.settings.release import Release


def connector_json(
    record: dict[str, Any],
    caller: Caller,
    types: ConnectorTypes,
    release: Release,
    *,
    references: int | None = None,
) -> dict[str, Json]:
    """Return a saved connector as Kibana answers it, without its secrets.

    `references` are how many objects refer to it, which only lists tell.
    """
    type_id = record["connector_type_id"]
    return {
        "id": record["id"],
        "name": record["name"],
        "config": config_of(record, caller),
        "connector_type_id": type_id,
        "is_preconfigured": False,
        "is_deprecated": types.is_deprecated(type_id, record["config"]),
        **_counted(references),
        "is_missing_secrets": record["is_missing_secrets"],
        "is_system_action": False,
        **_deprecation(type_id, types, release),
    }


def preconfigured_json(
    record: dict[str, Any],
    caller: Caller,
    types: ConnectorTypes,
    release: Release,
    *,
    references: int | None = None,
) -> dict[str, Json]:
    """Return a preconfigured connector or a system action as Kibana answers it.

    Lists, which tell of `references`, show no config of it.
    """
    type_id = record["connector_type_id"]
    answer = {
        "id": record["id"],
        "name": record["name"],
        "connector_type_id": type_id,
        "is_preconfigured": not record["is_system_action"],
        "is_deprecated": types.is_deprecated(type_id, record["config"]),
        **_counted(references),
        "is_system_action": record["is_system_action"],
        **_deprecation(type_id, types, release),
    }
    if references is None and record["expose_config"]:
        answer["config"] = config_of(record, caller)
    return answer


def _counted(references: int | None) -> dict[str, Json]:
    return {} if references is None else {"referenced_by_count": references}


def _deprecation(type_id: str, types: ConnectorTypes, release: Release) -> dict[str, Json]:
    if not release.type_deprecation:
        return {}
    return {"is_connector_type_deprecated": types.is_type_deprecated(type_id)}


def config_of(record: dict[str, Any], caller: Caller) -> Json:
    """Return the config; in one from a seed `{url}` stands for the caller's base URL."""
    value = record["config"]
    return _with_url(value, caller.url) if record["expands_url"] else value


def _with_url(value: Json, url: str) -> Json:
    if isinstance(value, str):
        return value.replace("{url}", url)
    if isinstance(value, dict):
        return {key: _with_url(item, url) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_url(item, url) for item in value]
    return value
