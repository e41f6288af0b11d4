"""Interleaved rounds and their medians, so that a noisy machine hurts all rivals alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

import click

ROUNDS = 5


def interleaved(rivals: Mapping[str, Callable[[], float]], what: str) -> dict[str, float]:
    """Measure each rival once a round; return the median of each."""
    results: dict[str, list[float]] = {name: [] for name in rivals}
    with click.progressbar(length=ROUNDS * len(rivals), label=f"{what:<9}") as bar:
        for _ in range(ROUNDS):
            for name, measure in rivals.items():
                results[name].append(measure())
                bar.update(1)
    return {name: median(values) for name, values in results.items()}
