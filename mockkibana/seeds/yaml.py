"""YAML as far as it is JSON: the one loader of seeds and of kibana.yml.

Its errors repeat nothing of a text but keys: such files hold secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import yaml

from mockkibana.json import Json, Malformed, loads

# What PyYAML's constructors raise beside its own errors, e.g. KeyError for `!!bool x`.
_WRONG_VALUES = (ValueError, TypeError, LookupError, AttributeError, RecursionError)

# PyYAML quotes single characters and `<tokens>`, which say what is wrong, but also whole tags,
# anchors and aliases: `apiToken: *secret`.
_QUOTATION = re.compile(r""" ['"](?!.['"]|\\.['"]|<).*""", re.DOTALL)

_TIMESTAMP = "tag:yaml.org,2002:timestamp"
_BOOLEAN = "tag:yaml.org,2002:bool"

MAX_REPEATED = 1_000_000
"""How many values a text may have more than are written in it, by the aliases of some."""


class NotYaml(ValueError):
    """A text is no YAML, or holds what JSON does not; says in one line what, and where."""


class BadKey(ValueError):
    """A key cannot be one; the text says which, and why."""


class SeedLoader(yaml.SafeLoader):
    """YAML with JSON's types only: a date stays the text that it is."""

    read_json: Callable[[str], Json] = staticmethod(loads)

    def compose_document(self) -> yaml.Node | None:
        """Return the root; aliases may not make a small text a large value."""
        root: yaml.Node | None = super().compose_document()
        if root is not None:
            sizes: dict[int, int] = {}
            if _size(root, sizes) - len(sizes) > MAX_REPEATED:
                raise NotYaml(f"its aliases stand for more than {MAX_REPEATED:,} further values")
        return root


class KibanaLoader(SeedLoader):
    """YAML as Kibana reads it: dates and `yes` are texts, no key comes twice."""

    read_json = staticmethod(json.loads)  # `__proto__` is a key that a check of Kibana's refuses

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return a mapping. Raises `BadKey`."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value in seen:
                line = key.start_mark.line + 1
                raise BadKey(f"the key {key.value} comes a second time in line {line}")
            seen.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


def _without(*tags: str) -> dict[str, Any]:
    return {
        first: [(tag, rule) for tag, rule in rules if tag not in tags]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


SeedLoader.yaml_implicit_resolvers = _without(_TIMESTAMP)
KibanaLoader.yaml_implicit_resolvers = _without(_TIMESTAMP, _BOOLEAN)
KibanaLoader.add_implicit_resolver(
    _BOOLEAN, re.compile(r"true|True|TRUE|false|False|FALSE"), list("tTfF")
)


def parse(text: str, loader: type[SeedLoader]) -> Json:
    """Return what a text says, keys as texts. Raises `NotYaml` and `BadKey`."""
    try:
        content = yaml.load(text, loader)  # noqa: S506 - a SafeLoader with fewer types
        if loader is SeedLoader and (word := _word_as_key(content)) is not None:
            raise BadKey(
                f"a key is {word}, which YAML reads so of words such as off, no or null: "
                "write it in quotes"
            )
        # There and back, so that nothing is left of YAML that JSON has not: keys become texts.
        return loader.read_json(json.dumps(content, allow_nan=False))
    except (NotYaml, BadKey):
        raise
    except (yaml.YAMLError, *_WRONG_VALUES) as error:
        raise NotYaml(_problem(error)) from None


def _size(node: yaml.Node, sizes: dict[int, int]) -> int:
    """Return how many values a node stands for; each is looked at once, however often it is named.

    A node within itself counts as one: JSON cannot hold it, and says so.
    """
    size = sizes.get(id(node))
    if size is None:
        sizes[id(node)] = size = 1
        for item in node.value if isinstance(node, yaml.CollectionNode) else ():
            for part in item if isinstance(item, tuple) else (item,):
                size += _size(part, sizes)
        sizes[id(node)] = size
    return size


def _word_as_key(content: Any) -> str | None:
    """Return a key that is no text but a word of YAML's, or None; numbers are taken as texts."""
    if isinstance(content, list):
        return next(filter(None, map(_word_as_key, content)), None)
    if not isinstance(content, dict):
        return None
    for key, value in content.items():
        if key is None or isinstance(key, bool):
            return {True: "true", False: "false", None: "null"}[key]
        if (word := _word_as_key(value)) is not None:
            return word
    return None


def _problem(error: Exception) -> str:
    if isinstance(error, Malformed):
        return str(error)
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    told = (getattr(error, "context", None), getattr(error, "problem", None))
    text = ", ".join(_QUOTATION.sub("", part) for part in told if part)
    mark = getattr(error, "problem_mark", None)
    place = "" if mark is None else f" in line {mark.line + 1}, column {mark.column + 1}"
    return f"{text or 'a value does not fit its type or its tag'}{place}"
