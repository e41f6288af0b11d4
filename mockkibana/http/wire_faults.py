"""Exceptions that end an exchange on the wire: the app breaks it, or the client does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.http.breakages import Breakage


class WireFault(Exception):
    """Raised through the WSGI callable: the server does the `breakage` instead of answering.

    `rule` names the fault rule that asked for it, for hosts that cannot obey.
    """

    def __init__(self, breakage: Breakage, rule: str = "") -> None:
        super().__init__(breakage, rule)
        self.breakage = breakage
        self.rule = rule


class BrokenBody(ConnectionError):
    """Raised by `wsgi.input`: the body is malformed, or the client left before its end.

    An app may let it pass: the server answers 400 in any case, as Node does.
    """
