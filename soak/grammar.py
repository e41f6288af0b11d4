"""What the fuzz asks: a grammar for each face, of requests that are right, nearly right, or wrong.

Each grammar begins with requests that a face takes, and bends them: a value becomes another, a key
goes or comes, a text is cut. So most of what is asked gets past the first check.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from random import Random
from typing import Any
from urllib.parse import quote

import yaml

# What stands in the place of a value: what breaks parsers, and what each face has a meaning for.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**31, 2**63, -(2**64), 1e39, 1e308, 10**400, "", " ", "0",
    "-1", "x" * 300, "\0", "\ud800", "é", "{}", "[", '{"a":1}', [], [[]], {}, {"": 1},
    {"__proto__": {}}, {"a.b.c": 1}, "*", "**", "a*b*c*d*e", "<logs-{now/d}>", "now-1d/d",
    "2026-01-02T03:04:05Z", "2026-02-30", "1.2.3.4", "::1", "POINT(1 2)", "%00", "../..", "_all",
    "_source", "{url}", "http://[", "project = CK AND", "summary ~ \"(a\"", "--", "nan",
)  # fmt: skip
RATES = (0.0, 0.02, 0.06, 0.15)
_WORDS = tuple(
    """a b c id name type query fields index text date keyword long nested object boost size from
    sort order missing match term bool must filter range exists value settings mappings
    properties format documents params config""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `body` is None for none."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes | None = None


Grammar = Callable[[Random], Asked]


def bent(random: Random, value: Any, rate: float) -> Any:
    """Return a JSON value like another one; of its parts a share of `rate` is wrong."""
    if random.random() < rate:
        return random.choice(ODD)
    if isinstance(value, dict):
        result = {key: bent(random, item, rate) for key, item in value.items()}
        if result and random.random() < rate:
            del result[random.choice(list(result))]
        if random.random() < rate:
            result[random.choice(_WORDS)] = random.choice(ODD)
        return result
    if isinstance(value, list):
        times = 2 if random.random() < rate else 1
        return [bent(random, item, rate) for item in value] * times
    return value


def _bytes(random: Random, value: Any) -> bytes:
    """Write a body; now and then one that is cut, or is no JSON."""
    text = json.dumps(value, allow_nan=random.random() < 0.9).encode()
    chance = random.random()
    if chance < 0.03:
        return text[: random.randrange(len(text) + 1)]
    if chance < 0.05:
        return text.replace(b":", random.choice((b"::", b"=", b": 1e400,", b":\xff")), 1)
    return text


def _path(random: Random, text: str) -> str:
    """Return a path; now and then with another segment, or with a query."""
    if random.random() < 0.08:
        parts = text.split("/")
        odd = str(random.choice(ODD)).encode("utf-8", "replace")[:400]
        parts[random.randrange(1, len(parts))] = quote(odd, safe="*,<>{}")
        text = "/".join(parts)
    if random.random() < 0.1:
        odd = quote(str(random.choice(ODD)).encode("utf-8", "replace")[:400])
        text += f"{'&' if '?' in text else '?'}{random.choice(_WORDS)}={odd}"
    return text


def _grammar(face: str, headers: dict[str, str]) -> Grammar:
    """Return the grammar of a face, whose right requests are in a file of its name."""
    text = files("soak.grammars").joinpath(f"{face}.yaml").read_text("utf-8")
    rows: list[list[Any]] = yaml.safe_load(text)

    def grammar(random: Random) -> Asked:
        method, path, *body = random.choice(rows)
        data = _bytes(random, bent(random, body[0], random.choice(RATES))) if body else None
        return Asked(method, _path(random, path), headers, data)

    return grammar


_JSON = {"content-type": "application/json"}
_ADMIN = {"kbn-xsrf": "x", **_JSON}
_elasticsearch = _grammar("elasticsearch", _JSON)
_SOURCE = {"k": "a", "t": "hello, world", "n": 5, "d": "2026-01-02", "o": [{"a": 1}]}


def elasticsearch(random: Random) -> Asked:
    """Ask Elasticsearch; every fifth time with a bulk."""
    if random.random() > 0.2:
        return _elasticsearch(random)
    lines, rate = [], random.choice(RATES)
    for _ in range(random.randrange(1, 6)):
        action = random.choice(("index", "create", "update", "delete"))
        lines.append(
            bent(random, {action: {"_index": "fuzz", "_id": str(random.randrange(5))}}, rate)
        )
        if action != "delete":
            lines.append(bent(random, _SOURCE if action != "update" else {"doc": {"n": 1}}, rate))
    body = b"".join(_bytes(random, line) + b"\n" for line in lines)
    return Asked(
        "POST",
        _path(random, "/_mock/elasticsearch/_bulk"),
        {"content-type": "application/x-ndjson"},
        body,
    )


GRAMMARS: dict[str, Grammar] = {
    "kibana": _grammar("kibana", _ADMIN),
    "elasticsearch": elasticsearch,
    "jira": _grammar("jira", _JSON),
    "control": _grammar("control", _ADMIN),
}
