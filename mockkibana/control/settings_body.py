"""The settings of a world as JSON, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, cast, get_args, get_origin, get_type_hints

from mockkibana.control.errors import bad_request
from mockkibana.json import Json
from mockkibana.records import SettingsRecord
from mockkibana.settings import BadSetting, Settings

_PLAIN: dict[Any, tuple[tuple[type, ...], str]] = {
    str: ((str,), "a text"),
    bool: ((bool,), "true or false"),
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
}


def shown(settings: Settings) -> SettingsRecord:
    """Return the settings, all but the secrets of preconfigured connectors and the password."""
    content = asdict(settings)
    del content["elastic_password"]
    for connector in content["preconfigured"]:
        del connector["secrets"]
    return cast(
        SettingsRecord,
        {key: list(item) if isinstance(item, tuple) else item for key, item in content.items()},
    )


def read(body: Json, current: Settings) -> Settings:
    """Return the settings that a body tells; a key that is left out has its default.

    Secrets are not shown, so a preconfigured connector without any keeps those that the connector
    of its id has now, and the password of `elastic` stays.
    """
    try:
        settings: Settings = _dataclass(Settings, _with_secrets(body, current), "")
    except BadSetting as error:
        raise bad_request(f"{error}. GET /_mock/api/settings shows what is set now.") from None
    return settings


def _with_secrets(body: Json, current: Settings) -> Json:
    if not isinstance(body, dict):
        return body
    body = {"elastic_password": current.elastic_password, **body}
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


def _dataclass(kind: Any, value: Json, path: str) -> Any:
    if not isinstance(value, dict):
        raise BadSetting(f"{path or 'the body'} is {value!r}; expected an object")
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]
    prefix = f"{path}." if path else ""
    for key in value:
        if key not in names:
            raise BadSetting(f"{prefix}{key} is unknown; expected one of {', '.join(names)}")
    for field in fields(kind):
        if field.name not in value and field.default is field.default_factory is MISSING:
            raise BadSetting(f"{path} lacks {field.name}")
    return kind(**{key: _value(hints[key], item, prefix + key) for key, item in value.items()})


def _value(hint: Any, value: Json, path: str) -> Any:
    if get_origin(hint) is UnionType:
        if value is None and NoneType in get_args(hint):
            return None
        hint = next(kind for kind in get_args(hint) if kind is not NoneType)
    if get_origin(hint) is tuple:
        return tuple(
            _value(get_args(hint)[0], item, f"{path}.{index}")
            for index, item in enumerate(_checked(list, value, path, "an array"))
        )
    if is_dataclass(hint):
        return _dataclass(hint, value, path)
    if get_origin(hint) is Mapping:
        return _checked(dict, value, path, "an object")
    kinds, name = _PLAIN[hint]
    if type(value) not in kinds:
        raise BadSetting(f"{path} is {value!r}; expected {name}")
    return value


def _checked(kind: type, value: Json, path: str, name: str) -> Any:
    if not isinstance(value, kind):
        raise BadSetting(f"{path} is {value!r}; expected {name}")
    return value
