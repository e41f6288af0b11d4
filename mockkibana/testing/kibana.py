"""Connectors and spaces as a handle offers them, in the words of Kibana's API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.json import Json
from mockkibana.testing.transport import Auth, Transport, segment

if TYPE_CHECKING:
    from mockkibana.records import ConnectorRecord, RunAnswer, SpaceRecord

_SPACES = "/api/spaces/space"


class Connectors:
    """The connectors of a world, as Kibana's API shows them.

    `space` is where; without it the default space. `auth` is who asks: `(user, password)`, or the
    value of an Authorization header such as `MockKibana.api_key` returns; the journal has what they
    ask, and fault rules match it. Without `auth` it is the handle, which may do everything and
    leaves no trace. What Kibana refuses raises `mockkibana.Refused`.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        connector_type_id: str,
        *,
        name: str | None = None,
        config: Json = None,
        secrets: Json = None,
        id: str | None = None,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> ConnectorRecord:
        """Create a connector and return it; `name` is the type's id if it is left out."""
        body = {
            "name": name or connector_type_id,
            "connector_type_id": connector_type_id,
            "config": config or {},
            "secrets": secrets or {},
        }
        return self._send("POST", space, id, body, auth=auth)

    def get(
        self, id: str, *, space: str | None = None, auth: Auth | None = None
    ) -> ConnectorRecord:
        """Return a connector."""
        return self._send("GET", space, id, auth=auth)

    def update(
        self,
        id: str,
        *,
        name: str,
        config: Json = None,
        secrets: Json = None,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> ConnectorRecord:
        """Replace name, config and secrets of a connector and return it."""
        body = {"name": name, "config": config or {}, "secrets": secrets or {}}
        return self._send("PUT", space, id, body, auth=auth)

    def delete(self, id: str, *, space: str | None = None, auth: Auth | None = None) -> None:
        """Delete a connector."""
        self._send("DELETE", space, id, auth=auth)

    def list(self, *, space: str | None = None, auth: Auth | None = None) -> list[ConnectorRecord]:
        """Return the connectors of a space, the preconfigured ones among them."""
        target = f"{_prefix(space)}/api/actions/connectors"
        found: list[ConnectorRecord] = self._transport.send("GET", target, auth=auth)
        return found

    def run(
        self, id: str, params: Json, *, space: str | None = None, auth: Auth | None = None
    ) -> RunAnswer:
        """Run a connector as a tool would: the journal has the call, and fault rules match it.

        `auth` is who runs it; without, nothing is forbidden. Returns Kibana's answer; a run that
        fails is one whose `status` is `error`. Whoever may not run it gets no such answer: that
        raises `mockkibana.Refused`, with `status` 401 or 403 and Kibana's `body`.
        """
        target = f"{_prefix(space)}/api/actions/connector/{segment(id)}/_execute"
        body = {"params": params}
        answer: RunAnswer = self._transport.send("POST", target, body, seen=True, auth=auth)
        return answer

    def _send(
        self,
        method: str,
        space: str | None,
        id: str | None,
        body: Json = None,
        *,
        auth: Auth | None = None,
    ) -> ConnectorRecord:
        target = f"{_prefix(space)}/api/actions/connector{f'/{segment(id)}' if id else ''}"
        shown: ConnectorRecord = self._transport.send(method, target, body, auth=auth)
        return shown


class Spaces:
    """The spaces of a world, as Kibana's API shows them; `auth` is who asks, as for connectors."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self, id: str, *, name: str | None = None, auth: Auth | None = None, **other: Json
    ) -> SpaceRecord:
        """Create a space and return it; its name is its id if it is left out."""
        return self._send("POST", "", {"id": id, "name": name or id, **other}, auth=auth)

    def get(self, id: str, *, auth: Auth | None = None) -> SpaceRecord:
        """Return a space."""
        return self._send("GET", f"/{segment(id)}", auth=auth)

    def delete(self, id: str, *, auth: Auth | None = None) -> None:
        """Delete a space and what is in it."""
        self._send("DELETE", f"/{segment(id)}", auth=auth)

    def list(self, *, auth: Auth | None = None) -> list[SpaceRecord]:
        """Return the spaces; to a user those that the user may see."""
        found: list[SpaceRecord] = self._transport.send("GET", _SPACES, auth=auth)
        return found

    def _send(self, method: str, path: str, body: Json = None, *, auth: Auth | None) -> SpaceRecord:
        shown: SpaceRecord = self._transport.send(method, _SPACES + path, body, auth=auth)
        return shown


def _prefix(space: str | None) -> str:
    return f"/s/{segment(space)}" if space else ""
