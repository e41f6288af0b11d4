"""The outbox of a handle's world: what runs sent to third parties."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane
    from mockkibana.records import DeliveryRecord


class OutboxView:
    """The deliveries of a world, read afresh at every call."""

    def __init__(self, plane: ControlPlane) -> None:
        self._plane = plane

    def deliveries(
        self,
        type: str | None = None,
        *,
        connector: str | None = None,
        space: str | None = None,
    ) -> list[DeliveryRecord]:
        """Return what was sent, oldest first; by connectors of a type, by one, or from a space.

        Each is a `mockkibana.records.DeliveryRecord`.
        """
        return self._plane.outbox(type=type, connector=connector, space=space)

    def clear(self) -> None:
        """Forget every delivery."""
        self._plane.clear_outbox()
