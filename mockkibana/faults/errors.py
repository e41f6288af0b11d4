"""Why a fault rule is refused, or not found."""

from __future__ import annotations


class BadRule(ValueError):
    """A rule cannot be used; the text says where, what arrived and what is expected."""


class NoRule(LookupError):
    """No rule has this id; the text names those that there are."""
