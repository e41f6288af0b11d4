"""What may be wrong with the name of an analyzer."""

from __future__ import annotations


class NoAnalyzer(LookupError):
    """There is no analyzer of that name, here or at all."""
