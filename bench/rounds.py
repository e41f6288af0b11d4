"""Interleaved rounds and their medians, so that a noisy machine hurts all rivals alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from statistics import median

import click

ROUNDS = 5
TURNS = 800


def interleaved(rivals: Mapping[str, Callable[[], float]], what: str) -> dict[str, float]:
    """Measure each rival once a round; return the median of each."""
    results: dict[str, list[float]] = {name: [] for name in rivals}
    with click.progressbar(length=ROUNDS * len(rivals), label=f"{what:<9}") as bar:
        for _ in range(ROUNDS):
            for name, measure in rivals.items():
                results[name].append(measure())
                bar.update(1)
    return {name: median(values) for name, values in results.items()}


def fastest(rivals: Mapping[str, Callable[[], float]], what: str) -> dict[str, float]:
    """Measure each rival many times in turn; return the least of each.

    For what starts threads: on a busy machine a new thread waits for the time slices of others,
    about 3 ms each, while one that slept goes first. So medians would measure the others.
    """
    results = dict.fromkeys(rivals, inf)
    with click.progressbar(length=TURNS, label=f"{what:<9}") as bar:
        for _ in range(TURNS):
            for name, measure in rivals.items():
                results[name] = min(results[name], measure())
            bar.update(1)
    return results
