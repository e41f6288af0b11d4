"""The verbs of control over one world, wherever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from mockkibana.control.plane import ControlPlane
    from mockkibana.testing.remote import RemoteControl

Record = dict[str, Any]

Plane: TypeAlias = "ControlPlane | RemoteControl"
"""What a handle controls a world with: in this process, or over HTTP.

Its methods are the rows of `mockkibana.control.verbs`. Every one may raise
`mockkibana.control.errors.ControlError`; values are plain JSON.
"""
