"""The JSON of a connector, as Kibana answers it."""

from __future__ import annotations

from typing import Any

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.json import Json
from mockkibana.kibana.caller import Caller


def connector_json(
    record: dict[str, Any], caller: Caller, types: ConnectorTypes
) -> dict[str, Json]:
    """Return a saved connector as Kibana answers it, without its secrets."""
    return {
        "id": record["id"],
        "name": record["name"],
        "config": config_of(record, caller),
        "connector_type_id": record["connector_type_id"],
        "is_preconfigured": False,
        "is_deprecated": types.is_deprecated(record["connector_type_id"], record["config"]),
        "is_missing_secrets": record["is_missing_secrets"],
        "is_system_action": False,
    }


def preconfigured_json(
    record: dict[str, Any], caller: Caller, types: ConnectorTypes, *, with_config: bool = True
) -> dict[str, Json]:
    """Return a preconfigured connector or a system action as Kibana answers it."""
    answer = {
        "id": record["id"],
        "name": record["name"],
        "connector_type_id": record["connector_type_id"],
        "is_preconfigured": not record["is_system_action"],
        "is_deprecated": types.is_deprecated(record["connector_type_id"], record["config"]),
        "is_system_action": record["is_system_action"],
    }
    if with_config and record["expose_config"]:
        answer["config"] = config_of(record, caller)
    return answer


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
