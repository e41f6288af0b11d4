"""Arguments of a handle, read and checked: seeds, settings and times as tests write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.seeds import Seed
    from mockkibana.settings import Settings

SeedLike: TypeAlias = Mapping[str, Any] | Path | str
"""A seed: its content, a path, or the text of a file, which is more than one line or an object."""


def settings_of(
    settings: Settings | Mapping[str, Json] | None, unknown: Mapping[str, object] | None = None
) -> Settings | None:
    """Return settings; those that a mapping lacks have their defaults.

    Raises TypeError, also for `unknown` keywords that a handle was given, and
    `mockkibana.ControlError` for a mapping that cannot be.
    """
    if unknown:
        raise TypeError(_refusal(*next(iter(unknown.items()))))
    if settings is None:
        return None
    from mockkibana.control.settings_body import read
    from mockkibana.settings import Settings

    if isinstance(settings, Settings):
        return settings
    if not isinstance(settings, Mapping):
        raise TypeError(
            f"settings is {settings!r}; expected a mockkibana.Settings, or a dict such as "
            "{'security': True}"
        )
    return read(dict(settings), Settings())


def time_of(time: datetime | str | None) -> datetime | None:
    """Return a time; a text is ISO 8601. Raises ValueError."""
    if isinstance(time, str):
        from mockkibana.clock import parse_time

        return parse_time(time)
    return time


def seed_of(seed: SeedLike) -> Seed:
    """Return a seed, read and checked. Raises `mockkibana.BadSeed`."""
    from mockkibana.seeds import parse_seed, parse_text, read_seed

    if isinstance(seed, Mapping):
        return parse_seed(dict(seed))
    if isinstance(seed, str) and is_text(seed):
        return parse_seed(parse_text(seed, Path("seed")))
    return read_seed(seed)


def content_of(seed: SeedLike) -> Json:
    """Return a seed as control takes it: its content, or the text of its file. Raises `BadSeed`."""
    if isinstance(seed, Mapping):
        return dict(seed)
    if isinstance(seed, str) and is_text(seed):
        return seed
    from mockkibana.seeds import BadSeed

    try:
        return Path(seed).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadSeed(f"{seed}: the seed cannot be read: {error}") from None


def is_text(seed: str) -> bool:
    """Tell whether a text is a seed itself, and no path of one."""
    return "\n" in seed or seed.lstrip().startswith("{")


def _refusal(name: str, value: object) -> str:
    """Say that no handle takes a keyword, and where a setting goes."""
    from dataclasses import fields

    from mockkibana.settings import Settings
    from mockkibana.spelling import expected

    known = [field.name for field in fields(Settings)]
    if name in known:
        return f"MockKibana takes no {name}; it is a setting: settings={{{name!r}: {value!r}}}"
    return f"MockKibana takes no {name}; as a key of settings={{...}} {expected(name, known)}"
