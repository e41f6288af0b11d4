"""The command that tells what a tool meets when its Kibana moves to a newer version."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import TextWrapper

import click

from mockkibana.data import data
from mockkibana.json import Json
from mockkibana.settings.release import SUPPORTED, Release, is_supported, numbers, release_of

_LAST_PATCH = "999"
_NEW, _GONE = "New connector types", "Connector types that are gone"
_SPECIFIED = "New connector types, made of a specification (some are only listed here)"
_WRAPPER = TextWrapper(
    98,
    initial_indent="  - ",
    subsequent_indent="    ",
    break_long_words=False,
    break_on_hyphens=False,
)
_ABOUT = """What a tool meets when its Kibana moves, as far as mockkibana knows of it.
`mockkibana diff-versions {old} {new} --markdown` writes this page, and tells of any two others."""


@click.command(name="diff-versions")
@click.argument("old")
@click.argument("new")
@click.option("--markdown", is_flag=True, help="Write a page of Markdown.")
def diff_versions(old: str, new: str, *, markdown: bool) -> None:
    """Tell what a tool meets when Kibana moves from version OLD to NEW, such as 8.19 to 9.5.

    A minor version stands for its last patch.
    """
    before, after = _release(old), _release(new)
    if numbers(before.version) >= numbers(after.version):
        raise click.UsageError(f"{old} is not older than {new}.")
    found = changes(before, after)
    click.echo((_page if markdown else _text)(found, old, new), nl=False)


def changes(old: Release, new: Release) -> list[tuple[str, str]]:
    """Return what changes between two releases: sentences after the version of each, in order."""
    found = [*_behaviours(old, new), *_types(old, new)]
    return sorted(found, key=lambda change: numbers(change[0]))


def _release(version: str) -> Release:
    whole = version if version.count(".") > 1 else f"{version}.{_LAST_PATCH}"
    if not is_supported(whole):
        raise click.UsageError(f"{version} is no version that is known: {SUPPORTED}.")
    return release_of(whole)


def _behaviours(old: Release, new: Release) -> Iterator[tuple[str, str]]:
    for name, row in data("releases").items():
        note = row.get("note")
        if note is None or getattr(old, name) == getattr(new, name):
            continue
        steps = _steps(row, old, new)
        if isinstance(note, dict):
            yield from ((version, note[version]) for version in steps if version in note)
        else:
            # Of several values the one counts that is left in the end.
            yield steps[-1], note.replace("{value}", str(row.get(steps[-1])))


def _steps(row: Json, old: Release, new: Release) -> list[str]:
    """Return the versions between two releases at which the value of a row changes, in order."""
    versions = [row["since"]] if "since" in row else row.keys() - {"note"}
    between = [each for each in versions if new.has(since=each) and not old.has(since=each)]
    return sorted(between, key=numbers)


def _types(old: Release, new: Release) -> Iterator[tuple[str, str]]:
    """Yield which connector types come and go, by the version since when that is so."""
    moved = []
    for row in data("connector_types"):
        registered = row.get("registered", {"0": False, row.get("since", "0"): True})
        if old.value(registered) != (comes := new.value(registered)):
            what = _NEW if comes else _GONE
            what = _SPECIFIED if row.get("source") == "spec" else what
            moved.append((_steps(registered, old, new)[-1], what, row["id"]))
    for (version, what), group in groupby(sorted(moved), key=lambda each: each[:2]):
        ids = ", ".join(f"`{id_}`" for _, _, id_ in group)
        yield version, f"{what}: {ids}."


def _text(found: list[tuple[str, str]], old: str, new: str) -> str:
    if not found:
        return f"Nothing that a tool meets is known to change between {old} and {new}.\n"
    parts = []
    for version, group in groupby(found, key=lambda change: change[0]):
        lines = (_WRAPPER.fill(text) for _, text in group)
        parts.append("\n".join((f"Since {version}:", *lines)))
    return "\n\n".join(parts) + "\n"


def _page(found: list[tuple[str, str]], old: str, new: str) -> str:
    parts = [
        f"# From {old} to {new}",
        _ABOUT.format(old=old, new=new),
    ]
    for version, group in groupby(found, key=lambda change: change[0]):
        parts += [f"## {version}", "\n".join(f"* {text}" for _, text in group)]
    return "\n\n".join(parts) + "\n"
