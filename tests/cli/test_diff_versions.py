"""What the command says of the way from one version of Kibana to another."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner

from mockkibana.cli import main
from mockkibana.cli.diff_versions import changes
from mockkibana.data import data
from mockkibana.settings.release import release_of


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["diff-versions", *arguments])


def test_what_changes_is_told_by_the_version_in_which_it_does() -> None:
    told = run("8.19", "9.5")
    assert told.exit_code == 0
    versions = [line for line in told.output.splitlines() if line.startswith("Since ")]
    assert [versions[0], versions[-1]] == ["Since 9.0:", "Since 9.5:"]
    assert "any id of 1 to 36 lower-case letters" in told.output
    assert all(len(line) <= 98 or "`" in line for line in told.output.splitlines())


def test_between_two_patches_may_be_nothing() -> None:
    assert run("9.4.1", "9.4.2").output == (
        "Nothing that a tool meets is known to change between 9.4.1 and 9.4.2.\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "version", "text"),
    [
        ("8.18.0", "8.19.0", "8.19", "New connector types: `.xsoar`."),
        ("8.19.0", "9.0.0", "9.0", "Connector types that are gone: `.xsoar`."),
        ("8.19.0", "9.1.0", "9.1", None),
        ("9.0.0", "9.1.0", "9.1", "New connector types: `.xsoar`."),
    ],
)
def test_connector_types_come_and_go(old: str, new: str, version: str, text: str | None) -> None:
    told = [each for each in changes(release_of(old), release_of(new)) if "xsoar" in each[1]]
    assert told == ([] if text is None else [(version, text)])


def test_types_made_of_a_specification_are_told_apart() -> None:
    told = [text for _, text in changes(release_of("9.2.0"), release_of("9.3.0"))]
    assert "New connector types: `.http`, `.mcp`." in told
    specified = "New connector types, made of a specification (some are only listed here): "
    assert f"{specified}`.brave-search`, `.google_drive`, `.notion`." in told


def test_of_several_values_the_last_is_told() -> None:
    told = dict(changes(release_of("8.19.4"), release_of("9.1.5")))
    assert told["9.1.5"].endswith("search/jql?jql={}&fields=summary,key`.")
    assert not any("looks for issues" in text for _, text in changes(
        release_of("8.19.5"), release_of("9.5.0")
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        ("9.5", "8.19", "9.5 is not older than 8.19."),
        ("9.5", "9.5", "9.5 is not older than 9.5."),
        ("8.19", "9.6", "9.6 is no version that is known: 8.17.0 to 8.19.x, or 9.0.0 to 9.5.x."),
        ("x", "9.5", "x is no version that is known: 8.17.0 to 8.19.x, or 9.0.0 to 9.5.x."),
    ],
)
def test_versions_that_make_no_way_are_refused(old: str, new: str, text: str) -> None:
    told = run(old, new)
    assert (told.exit_code, told.output.splitlines()[-1]) == (2, f"Error: {text}")


def test_every_note_is_of_a_version_of_its_row() -> None:
    for name, row in data("releases").items():
        note = row.get("note")
        if isinstance(note, dict):
            assert note.keys() <= row.keys(), name
        assert note is None or "{value}" not in str(note) or "since" not in row, name
