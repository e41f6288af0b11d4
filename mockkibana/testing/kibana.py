"""Connectors and spaces as a handle offers them, in the words of Kibana's API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockkibana.json import Json
from mockkibana.testing.transport import Auth, Transport

Record = dict[str, Any]


class Connectors:
    """The connectors of a world, as Kibana's API shows them.

    `space` is where; without it the default space. `auth` is who asks: `(user, password)`, or the
    value of an Authorization header such as `MockKibana.api_key` returns; the journal has what they
    ask, and fault rules bend it. Without `auth` it is the handle, which may do everything and
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
        id: str | None = None,  # noqa: A002 - Kibana's own name
        space: str | None = None,
        auth: Auth | None = None,
    ) -> Record:
        """Create a connector and return it; `name` is the type's id if it is left out."""
        body = {
            "name": name or connector_type_id,
            "connector_type_id": connector_type_id,
            "config": config or {},
            "secrets": secrets or {},
        }
        shown: Record = self._send(
            "POST", f"connector/{_segment(id)}" if id else "connector", space, body, auth=auth
        )
        return shown

    def get(
        self,
        id: str,  # noqa: A002
        *,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> Record:
        """Return a connector."""
        shown: Record = self._send("GET", f"connector/{_segment(id)}", space, auth=auth)
        return shown

    def update(
        self,
        id: str,  # noqa: A002
        *,
        name: str,
        config: Json = None,
        secrets: Json = None,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> Record:
        """Replace name, config and secrets of a connector and return it."""
        body = {"name": name, "config": config or {}, "secrets": secrets or {}}
        shown: Record = self._send("PUT", f"connector/{_segment(id)}", space, body, auth=auth)
        return shown

    def delete(
        self,
        id: str,  # noqa: A002
        *,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> None:
        """Delete a connector."""
        self._send("DELETE", f"connector/{_segment(id)}", space, auth=auth)

    def list(self, *, space: str | None = None, auth: Auth | None = None) -> list[Record]:
        """Return the connectors of a space, the preconfigured ones among them."""
        found: list[Record] = self._send("GET", "connectors", space, auth=auth)
        return found

    def run(
        self,
        id: str,  # noqa: A002
        params: Json,
        *,
        space: str | None = None,
        auth: Auth | None = None,
    ) -> Record:
        """Run a connector as a tool would: the journal has the call, and fault rules bend it.

        `auth` is who runs it; without, nothing is forbidden. Returns Kibana's answer; a run that
        fails is one whose `status` is `error`. Whoever may not run it gets no such answer: that
        raises `mockkibana.Refused`, with `status` 401 or 403 and Kibana's `body`.
        """
        body = {"params": params}
        shown: Record = self._send(
            "POST", f"connector/{_segment(id)}/_execute", space, body, seen=True, auth=auth
        )
        return shown

    def _send(
        self,
        method: str,
        path: str,
        space: str | None,
        body: Json = None,
        *,
        seen: bool = False,
        auth: Auth | None = None,
    ) -> Json:
        prefix = f"/s/{_segment(space)}" if space else ""
        target = f"{prefix}/api/actions/{path}"
        return self._transport.send(method, target, body, seen=seen, auth=auth)


class Spaces:
    """The spaces of a world, as Kibana's API shows them; `auth` is who asks, as for connectors."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(
        self,
        id: str,  # noqa: A002
        *,
        name: str | None = None,
        auth: Auth | None = None,
        **other: Json,
    ) -> Record:
        """Create a space and return it; its name is its id if it is left out."""
        shown: Record = self._send("POST", "", {"id": id, "name": name or id, **other}, auth=auth)
        return shown

    def get(self, id: str, *, auth: Auth | None = None) -> Record:  # noqa: A002
        """Return a space."""
        shown: Record = self._send("GET", f"/{_segment(id)}", auth=auth)
        return shown

    def delete(self, id: str, *, auth: Auth | None = None) -> None:  # noqa: A002
        """Delete a space and what is in it."""
        self._send("DELETE", f"/{_segment(id)}", auth=auth)

    def list(self, *, auth: Auth | None = None) -> list[Record]:
        """Return the spaces; to a user those that the user may see."""
        found: list[Record] = self._send("GET", "", auth=auth)
        return found

    def _send(self, method: str, path: str, body: Json = None, *, auth: Auth | None) -> Json:
        return self._transport.send(method, f"/api/spaces/space{path}", body, auth=auth)


def _segment(text: str) -> str:
    return quote(text, safe="")
