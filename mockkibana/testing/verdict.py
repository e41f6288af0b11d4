"""The verdict on a test at its end: unrouted requests, leniencies and bugs of ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockkibana.testing.faults import counted

if TYPE_CHECKING:
    from mockkibana.testing.handle import MockKibana

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """What speaks against a test, which may not know of it.

    `unrouted` are lines about requests, `leniencies` codes of warnings, `bugs` tracebacks, `idle`
    lines about fault rules that never fired.
    """

    unrouted: list[str]
    leniencies: list[str]
    bugs: list[str]
    idle: list[str]


def verdict_on(handle: MockKibana) -> Verdict:
    """Return the verdict on the calls that a handle's world has journalled so far."""
    from mockkibana.testing.hosts import LocalWorld

    host = handle.source
    if isinstance(host, LocalWorld):
        # Records are rendered for nobody but a test that goes wrong.
        calls: list[Any] = host.world.journal.records()
        warnings = [code for call in calls for code in call.warnings]
        is_unrouted = any(call.route is None and not call.faults for call in calls)
        bugs = host.world.bugs
    else:
        records = handle.journal.calls(face="all")
        warnings = [code for record in records for code in record["warnings"]]
        is_unrouted = True
        bugs = handle.bugs
    unrouted = _unrouted(handle) if is_unrouted else []
    idle = [counted(rule) for rule in handle.faults.added() if not rule["fired"]]
    return Verdict(unrouted, list(dict.fromkeys(warnings)), list(bugs), idle)


def lines_of(handle: MockKibana) -> list[str]:
    """Return as lines for a person the last calls, and the fault rules that the test added."""
    from mockkibana.journal.rendering import line

    records = handle.journal.calls(face="all")
    lines = [line(record) for record in records[-SHOWN:]]
    if len(records) > SHOWN:
        lines.insert(0, f"... {len(records) - SHOWN} calls before")
    return [*(lines or ["no calls"]), *map(counted, handle.faults.added())]


def explained(code: str) -> str:
    """Return the text of the warning that a code of a leniency becomes."""
    from mockkibana.connectors.catalog import ConnectorTypes
    from mockkibana.elasticsearch.face.media_types import LENIENCIES

    text = LENIENCIES.get(code) or ConnectorTypes().leniency(code)
    return f"{code}: {text or 'a real Kibana answers otherwise'}"


def _unrouted(handle: MockKibana) -> list[str]:
    from mockkibana.journal.rendering import line

    return [
        line(record)
        for record in handle.journal.calls(face="all")
        if record["route"] is None and not record["faults"]
    ]
