"""The settings of a world as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from types import UnionType
from typing import TYPE_CHECKING, Any, cast, get_args, get_origin, get_type_hints

from mockkibana.control.errors import bad_request
from mockkibana.json import Json, has_infinity
from mockkibana.settings import BadSetting, Settings

if TYPE_CHECKING:
    from mockkibana.records import SettingsRecord

_OBJECT: tuple[tuple[type, ...], str] = ((dict,), "an object")
_KINDS: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    tuple: ((list,), "an array"),
}


def shown(settings: Settings) -> SettingsRecord:
    """Return the settings, all but the secrets of preconfigured connectors and the passwords."""
    content = asdict(settings)
    for name in _hidden(settings):
        del content[name]
    for connector in content["preconfigured"]:
        del connector["secrets"]
    return cast(
        "SettingsRecord",
        {key: list(item) if isinstance(item, tuple) else item for key, item in content.items()},
    )


def read(body: Json, current: Settings) -> Settings:
    """Return the settings that a body tells; a key that is left out has its default.

    Secrets are not shown, so a preconfigured connector without any keeps those that the connector
    of its id has now, and passwords stay: of `elastic`, of users of Jira, of a proxy in its URL.
    """
    if has_infinity(body):
        raise bad_request("A number in the body is infinite, which JSON does not have.")
    try:
        settings: Settings = _value(Settings, _with_secrets(body, current), "")
    except BadSetting as error:
        raise bad_request(f"{error}. GET /_mock/api/settings shows what is set now.") from None
    return settings


def _hidden(settings: Settings) -> tuple[str, ...]:
    has_user = settings.proxy_url is not None and "@" in settings.proxy_url
    hidden = ("elastic_password", "jira_users")
    return (*hidden, "proxy_url") if has_user else hidden


def _with_secrets(body: Json, current: Settings) -> Json:
    if not isinstance(body, dict):
        return body
    kept = {name: getattr(current, name) for name in _hidden(current)}
    kept["jira_users"] = list(current.jira_users)
    body = {**kept, **body}
    if not isinstance(body.get("preconfigured"), list):
        return body
    known = {connector.id: connector.secrets for connector in current.preconfigured}
    connectors = [
        {"secrets": known[item["id"]], **item}
        if isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"] in known
        else item
        for item in body["preconfigured"]
    ]
    return {**body, "preconfigured": connectors}


def _value(hint: Any, value: Json, path: str) -> Any:
    """Return a value as the type of a field has it: a frozen dataclass, a tuple, or plain JSON."""
    if get_origin(hint) is UnionType:  # with None
        if value is None:
            return None
        hint = get_args(hint)[0]
    kinds, expected = _KINDS.get(get_origin(hint) or hint, _OBJECT)
    if type(value) not in kinds:
        raise BadSetting(f"{path or 'the body'} is {value!r}; expected {expected}")
    prefix = f"{path}." if path else ""
    if get_origin(hint) is tuple:
        (kind, _) = get_args(hint)
        return tuple(_value(kind, item, f"{prefix}{index}") for index, item in enumerate(value))
    if hint in _KINDS or get_origin(hint) is Mapping:
        return value
    hints = get_type_hints(hint)
    for key in value:
        if key not in hints:
            raise BadSetting(f"{prefix}{key} is unknown; expected one of {', '.join(hints)}")
    for field in fields(hint):
        if field.name not in value and field.default is field.default_factory is MISSING:
            raise BadSetting(f"{path} lacks {field.name}")
    return hint(**{key: _value(hints[key], item, prefix + key) for key, item in value.items()})
