"""The verbs of control over one world, wherever it is."""

from __future__ import annotations

from typing import Any, Protocol

from mockkibana.json import Json


class Plane(Protocol):
    """What a handle controls a world with: in this process, or over HTTP.

    Every verb may raise `mockkibana.control.errors.ControlError`; values are plain JSON.
    """

    def state(self) -> Json:
        """Return how much there is of each part."""

    def reset(self, *, empty: bool = False, parts: list[str] | None = None) -> Json:
        """Put the world, or some parts of it, back to its start; with `empty` to nothing."""

    def seed(self, content: Json) -> Json:
        """Add a seed: its content, or its text as JSON or YAML."""

    def snapshot(self, *, secrets: bool = False) -> Json:
        """Return the state as the content of a seed file."""

    def snapshots(self) -> Json:
        """Return what is told of each snapshot in memory."""

    def save_snapshot(self, name: str) -> Json:
        """Keep the state under a name."""

    def restore_snapshot(self, name: str) -> Json:
        """Make a snapshot the state."""

    def delete_snapshot(self, name: str) -> Json:
        """Forget a snapshot."""

    def settings(self) -> Json:
        """Return all settings."""

    def put_settings(self, settings: Json) -> Json:
        """Replace the settings."""

    def clock(self) -> Json:
        """Return `{"now", "frozen"}`."""

    def put_clock(self, change: Json) -> Json:
        """Freeze, set, advance or resume the clock."""

    def journal(self, **query: Json) -> Json:
        """Return the calls that match a query, oldest first."""

    def count(self, **query: Json) -> Json:
        """Return `{"count"}` of the calls that match a query."""

    def har(self, **query: Json) -> Json:
        """Return the calls that match a query as an HTTP archive."""

    def clear_journal(self) -> Json:
        """Forget all calls."""

    def log(self) -> Json:
        """Return the lines of Kibana's log, oldest first."""

    def clear_log(self) -> Json:
        """Forget the log."""

    def bugs(self) -> Json:
        """Return the tracebacks of what went wrong in mockkibana itself."""

    def faults(self) -> Json:
        """Return the fault rules."""

    def fault(self, id: str) -> Json:  # noqa: A002
        """Return one fault rule."""

    def add_fault(self, rule: Json) -> Json:
        """Add a fault rule and return it."""

    def remove_fault(self, id: str) -> Json:  # noqa: A002
        """Take a fault rule away; return it as it was at the end."""

    def clear_faults(self) -> Json:
        """Take all fault rules away."""

    def worlds(self) -> Json:
        """Return the state of each world that has a name."""

    def delete_world(self, name: str) -> Json:
        """Forget a world."""


Record = dict[str, Any]
