"""The OAuth token that Kibana keeps of a connector (`connector_token_client.ts`)."""

from __future__ import annotations

from mockkibana.clock import Clock
from mockkibana.store import Store

TOKENS = "kibana.connectors.tokens"


class AccessToken:
    """A connector's token, from its grant until it expires, by the world's clock.

    Without a store, that of a run outside of any world.
    """

    __slots__ = ("_clock", "_connector_id", "_store")

    def __init__(
        self, store: Store | None = None, clock: Clock | None = None, connector_id: str = ""
    ) -> None:
        self._store = Store() if store is None else store
        self._clock = Clock() if clock is None else clock
        self._connector_id = connector_id

    def get(self) -> str | None:
        """Return the token with its type, as a header has it; None for none, or an old one."""
        kept = self._store.table(TOKENS).row(self._connector_id)
        if kept is None or kept["expires_at"] <= self._clock.milliseconds():
            return None
        return str(kept["token"])

    def keep(self, token: str, seconds: float) -> None:
        """Keep a token that expires so many seconds from now."""
        expires_at = self._clock.milliseconds() + round(seconds * 1000)
        record = {"token": token, "expires_at": expires_at}
        with self._store.transaction() as transaction:
            transaction.put(TOKENS, {self._connector_id: record})

    def forget(self) -> None:
        """Forget the token, so that the next request asks for another one."""
        with self._store.transaction() as transaction:
            transaction.remove(TOKENS, [self._connector_id])
