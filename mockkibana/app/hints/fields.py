"""Custom fields that a Jira project lacks, and how a seed adds them."""

from __future__ import annotations

import re

_LACKING = re.compile(r"Field '(customfield_[0-9]+)' cannot be set")


def missing_fields(text: str) -> str | None:
    """Return how to add the custom fields that Jira refuses in a text, or None."""
    found = list(dict.fromkeys(_LACKING.findall(text)))
    if not found:
        return None
    rows = ", ".join(f'{{"id": "{field}"}}' for field in found)
    return (
        f"the project lacks {' and '.join(found)}: seed jira.projects[].fields with [{rows}], "
        'or "allow_unknown_fields": true'
    )
