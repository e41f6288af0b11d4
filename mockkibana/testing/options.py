"""What a world of the pytest plugin holds: as the ini file, a marker or a factory says."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockkibana.testing.handle import MockKibana

UNMATCHED = ("fail", "warn", "ignore")

# A seed can switch security on; what it says of users is kept.
_UNSECURED = {"version": 1, "security": {"enabled": False}}


@dataclass(frozen=True, slots=True)
class Options:
    """The seeds of a world, its settings, and what happens when a request reached no route."""

    seeds: list[Any]
    settings: dict[str, Any]
    unmatched: str

    def fill(self, handle: MockKibana) -> None:
        """Give an empty world what it is to hold."""
        if self.settings:
            handle.configure(**self.settings)
        handle.seed(*self.seeds)


def of_test(request: pytest.FixtureRequest, ini: dict[str, Any]) -> Options:
    """Return what markers and ini say about one test; the marker that is closest to it wins."""
    seeds, values = [], dict(ini)
    if "seed" in values:
        seeds.append(_found(values.pop("seed"), _folder(request.config)))
    # The module's marker comes before the test's, so that the test's seed is added to it.
    for marker in reversed(list(request.node.iter_markers("mock_kibana"))):
        if marker.args:
            raise pytest.UsageError("the marker mock_kibana takes keywords only: seed=...")
        marked = dict(marker.kwargs)
        if (seed := marked.pop("seed", None)) is not None:
            seeds.append(_found(seed, request.path.parent))
        if marked.get("security") is False and seeds:
            seeds.append(_UNSECURED)
        values |= marked
    return _checked("the marker mock_kibana", seeds, values)


def of_world(config: pytest.Config, ini: dict[str, Any], given: dict[str, Any]) -> Options:
    """Return what ini and the factory `mock_kibana_world` say about a world of its own."""
    values = {**ini, **given}
    seeds = [
        _found(part["seed"], _folder(config))
        for part in (ini, given)
        if part.get("seed") is not None
    ]
    values.pop("seed", None)
    return _checked("mock_kibana_world", seeds, values)


def _checked(who: str, seeds: list[Any], values: dict[str, Any]) -> Options:
    from mockkibana.settings import Settings

    unmatched = values.pop("unmatched", "fail")
    known = sorted(field.name for field in fields(Settings))
    if unknown := sorted(values.keys() - set(known)):
        raise pytest.UsageError(
            f"{who} knows no {', '.join(unknown)}; expected seed, unmatched or a setting: "
            f"{', '.join(known)}"
        )
    if any(not isinstance(seed, str | Path | dict) for seed in seeds):
        raise pytest.UsageError(f"{who} takes as seed a dict, a text, or the path of a file")
    if unmatched not in UNMATCHED:
        raise pytest.UsageError(
            f"mock_kibana: unmatched is {unmatched!r}; expected {', '.join(UNMATCHED)}"
        )
    return Options(seeds, values, unmatched)


def _folder(config: pytest.Config) -> Path:
    return config.rootpath if config.inipath is None else config.inipath.parent


def _found(seed: Any, folder: Path) -> Any:
    """Return a seed; a path is relative to where it was written down."""
    from mockkibana.testing.arguments import is_text

    if isinstance(seed, Path) or (isinstance(seed, str) and not is_text(seed)):
        return folder / seed
    return seed
