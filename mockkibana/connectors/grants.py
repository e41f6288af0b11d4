"""The tokens that third parties grant, and take until these expire."""

from __future__ import annotations

from hashlib import sha256

from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.outbound.state import State


def granted(party: Party, box: Box, seconds: int) -> str:
    """Return a new token that is good for so many seconds, by the world's clock."""
    token = box.ids.bytes(f"{party.name}-token", 24).hex()
    tokens, now = _tokens(party, box), box.clock.milliseconds()
    while tokens.take(lambda kept: bool(kept["expires_at"] <= now)):
        pass
    tokens.put(_digest(token), {"expires_at": now + seconds * 1000})
    return token


def is_granted(party: Party, message: Outbound, box: Box) -> bool:
    """Tell whether a message comes with a token that is still good."""
    scheme, _, token = message.headers.get("Authorization", "").partition(" ")
    kept = _tokens(party, box).get(_digest(token))
    return scheme == "Bearer" and kept is not None and box.clock.milliseconds() < kept["expires_at"]


def _tokens(party: Party, box: Box) -> State:
    return box.state(f"{party.name}/tokens")


def _digest(token: str) -> str:
    # Whoever sees what a party keeps cannot use it.
    return sha256(token.encode("utf-8", "replace")).hexdigest()
