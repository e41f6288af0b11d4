"""The Mustache templates that a connector renders itself: variables, and no sections."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mockkibana.json import Json

# One that does not end is all up to the next `}`: within it no other one ends either.
_TAG = re.compile(r"\{\{\{([^}]*)\}\}\}|\{\{([&!]?)([^}]*)\}\}|(?P<open>\{\{[^}]*)")
_HTML = str.maketrans(
    {
        "&": "&amp;",
        "<": "&lt;",
        ">": "&gt;",
        '"': "&quot;",
        "'": "&#39;",
        "/": "&#x2F;",
        "`": "&#x60;",
        "=": "&#x3D;",
    }
)


def rendered(template: str, variables: Mapping[str, Json]) -> str:
    """Return a template with the values of its variables (`renderMustacheStringNoEscape`).

    `{{{name}}}` and `{{&name}}` are values as they are, `{{name}}` is one escaped for HTML,
    `{{!text}}` is a comment. What is no variable is empty; a tag that does not end makes the whole
    an error.
    """
    # Guess: nobody has sections, partials or other delimiters here; they count as unknown names.
    found = _TAG.sub(lambda tag: _value(tag, variables), template)
    if (at := _TAG.sub(lambda tag: tag["open"] or " " * len(tag[0]), template).find("{{")) >= 0:
        return f'error rendering mustache template "{template}": Unclosed tag at {at}'
    return found


def _value(tag: re.Match[str], variables: Mapping[str, Json]) -> str:
    raw, sign, name, opened = tag.groups()
    if opened:
        return opened
    if sign == "!":
        return ""
    value: Json = variables
    for part in (name if raw is None else raw).strip().split("."):
        value = value.get(part, "") if isinstance(value, Mapping) else ""
    text = value if isinstance(value, str) else "[object Object]"
    return text.translate(_HTML) if raw is None and not sign else text
