"""The file kibana.yml: the settings of Kibana's own configuration that mockkibana knows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mockkibana.http.paths import is_below
from mockkibana.json import Json
from mockkibana.seeds.kibana_yml_actions import Actions, settings_of_actions
from mockkibana.settings import HEADER_TEXT, SOLUTIONS, refused_connector_id
from mockkibana.validation import (
    Boolean,
    ByteSize,
    Maybe,
    Number,
    Object,
    Refused,
    Schema,
    String,
    Uri,
    literals,
)
from mockkibana.validation.wording import sentence

_VARIABLE = re.compile(r"\$\{(\w+)(?::(\w+))?\}", re.ASCII)


class BadConfig(ValueError):
    """A kibana.yml cannot be used; the text is one line that says which, where and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KibanaYml:
    """What a kibana.yml says: where to listen (None: it does not say) and arguments of `Settings`.

    `ignored` are the keys that it has and that mockkibana does not know, in the file's order.
    """

    host: str | None
    port: int | None
    settings: dict[str, Any]
    ignored: tuple[str, ...]


def _port(number: float) -> str | None:
    # Kibana only finds out when it listens; this text is ours.
    if isinstance(number, int) and 0 <= number <= 65535:
        return None
    return "value must be a port number from 0 to 65535"


def _name(name: str) -> str | None:
    # Kibana starts with any name and then fails to answer; this text is ours.
    if HEADER_TEXT.fullmatch(name):
        return None
    return "value goes into a header, so it must be one line of Latin-1"


def _base_path(path: str) -> str | None:
    if not re.fullmatch("/.*[^/]", path):
        return "must start with a slash, don't end with one"
    # Kibana takes any other; these texts are ours.
    if not re.fullmatch("[!-~]*", path) or "?" in path or "#" in path:
        return "value goes into URLs, so it must be the path of one"
    return "value is where the mock's own URLs are" if is_below(path, "/_mock") else None


def _consistent(server: Json) -> str | None:
    base = server.get("basePath")
    if server["rewriteBasePath"] and base is None:
        return "cannot use [rewriteBasePath] when [basePath] is not specified"
    if "publicBaseUrl" not in server:
        return None
    url = urlsplit(server["publicBaseUrl"])
    if url.query or url.fragment or "@" in url.netloc:
        return "[publicBaseUrl] may only contain a protocol, host, port, and pathname"
    path = url.path or "/"
    if path != (base or "/"):
        return f"[publicBaseUrl] must contain the [basePath]: {path} !== {base or 'undefined'}"
    return None


class Server(Schema):
    """The keys below `server`, in the order in which Kibana looks at them."""

    unknowns = "ignore"

    name = Maybe(String(validate=_name))
    publicBaseUrl = Maybe(Uri(scheme=["http", "https"]))  # noqa: N815
    basePath = Maybe(String(validate=_base_path))  # noqa: N815
    host = Maybe(String(hostname=True))
    maxPayload = Maybe(ByteSize())  # noqa: N815
    port = Maybe(Number(validate=_port))
    rewriteBasePath = Boolean(load_default=False)  # noqa: N815
    restrictInternalApis = Maybe(Boolean())  # noqa: N815


class Security(Schema):
    """The keys below `xpack.security`; Kibana 8 itself has no `enabled` any more."""

    unknowns = "ignore"

    enabled = Maybe(Boolean())


class Spaces(Schema):
    """The keys below `xpack.spaces`."""

    unknowns = "ignore"

    defaultSolution = Maybe(literals(*SOLUTIONS))  # noqa: N815


class Status(Schema):
    """The keys below `status`."""

    unknowns = "ignore"

    statusPageBypassMonitorPrivilege = Maybe(Boolean())  # noqa: N815


_SCHEMAS: dict[tuple[str, ...], Object] = {
    ("server",): Object(Server(), validate=_consistent),
    ("xpack", "actions"): Object(Actions()),
    ("xpack", "security"): Object(Security()),
    ("xpack", "spaces"): Object(Spaces()),
    ("status",): Object(Status()),
}


def read_kibana_yml(path: str | Path, environment: Mapping[str, str]) -> KibanaYml:
    """Read and check a kibana.yml; `${NAME}` and `${NAME:default}` come from the environment.

    Raises `BadConfig`, also when there is no such file.
    """
    path = Path(path)
    try:
        root = _merged(_read(path), environment)
        parts = {".".join(prefix): _checked(root, prefix) for prefix in _SCHEMAS}
    except BadConfig as error:
        raise BadConfig(f"{path}: {' '.join(str(error).split())}") from None
    return KibanaYml(
        host=parts["server"].get("host"),
        port=parts["server"].get("port"),
        settings=_settings(parts),
        ignored=tuple(_unknown(root)),
    )


def _read(path: Path) -> dict[str, Json]:
    from mockkibana.seeds import yaml

    try:
        content = yaml.parse(path.read_text("utf-8"), yaml.KibanaLoader)
    except OSError as error:
        raise BadConfig(f"the configuration cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadConfig(
            "the configuration is no YAML: a value does not fit its type or its tag"
        ) from None
    except yaml.BadKey as error:
        raise BadConfig(str(error)) from None
    except yaml.NotYaml as error:
        raise BadConfig(f"the configuration is no YAML: {error}") from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BadConfig("the configuration is no list of settings such as server.port: 5601")
    return content


def _merged(content: dict[str, Json], environment: Mapping[str, str]) -> dict[str, Any]:
    """Return nested objects, whatever mix of dotted and nested keys the file has."""
    root: dict[str, Any] = {}
    for path, value in _entries(content, ()):
        node = root
        for key in path[:-1]:
            if not isinstance(node.get(key), dict):
                node[key] = {}
            node = node[key]
        node[path[-1]] = _expanded(value, environment)
    return root


def _entries(value: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Json]]:
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _entries(item, (*path, *_split(key)))
    elif path:
        yield path, value


def _split(key: str) -> list[str]:
    # A key in brackets keeps its dots (`kbn-config`).
    if key.startswith("[") and key.endswith("]"):
        return [key[1:-1]]
    return key.split(".")


def _expanded(value: Json, environment: Mapping[str, str]) -> Json:
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: _variable(match, environment), value)
    if isinstance(value, list):
        return [_expanded(item, environment) for item in value]
    if isinstance(value, dict):
        return _merged(value, environment)
    return value


def _variable(match: re.Match[str], environment: Mapping[str, str]) -> str:
    found = environment.get(match[1], match[2])
    if found is None:
        raise BadConfig(f"Unknown environment variable referenced in config : {match[1]}")
    return found


def _checked(root: dict[str, Any], prefix: tuple[str, ...]) -> dict[str, Any]:
    value: Any = root
    for key in prefix:
        value = value.get(key, {}) if isinstance(value, dict) else {}
    namespace = f"config validation of [{'.'.join(prefix)}]"
    # The schema loses such a key before its own check of ids.
    if isinstance(value, dict) and "__proto__" in (value.get("preconfigured") or ()):
        text = refused_connector_id("__proto__")
        raise BadConfig(f"[{namespace}.preconfigured]: {text}")
    try:
        loaded: dict[str, Any] = _SCHEMAS[prefix].deserialize(value)
    except Refused as refused:
        raise BadConfig(sentence(refused.failure, namespace)) from None
    return loaded


def _unknown(root: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Return the dotted keys that no schema knows."""
    known = _SCHEMAS[path].schema.keyed_fields if path in _SCHEMAS else {}
    for key, value in root.items():
        inner = (*path, key)
        if isinstance(value, dict) and value and key not in known:
            yield from _unknown(value, inner)
        elif key not in known:
            yield ".".join(inner)


def _settings(parts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    server = parts["server"]
    settings = {
        "server_name": server.get("name"),
        "public_url": server.get("publicBaseUrl"),
        "base_path": server.get("basePath"),
        "rewrite_base_path": server["rewriteBasePath"] or None,
        "restrict_internal_apis": server.get("restrictInternalApis"),
        "max_payload": server.get("maxPayload"),
        "default_solution": parts["xpack.spaces"].get("defaultSolution"),
        "status_bypasses_monitor": parts["status"].get("statusPageBypassMonitorPrivilege"),
        "security": parts["xpack.security"].get("enabled"),
        **settings_of_actions(parts["xpack.actions"]),
    }
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in settings.items()
        if value is not None
    }
