"""What a handle offers of Kibana: connectors and spaces, in the words of Kibana's API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from mockkibana.json import Json
from mockkibana.testing.access import Access

Record = dict[str, Any]


class Connectors:
    """The connectors of a world, as Kibana's API shows them.

    `space` is where; without it the default space. What Kibana refuses raises
    `mockkibana.testing.access.Refused`.
    """

    def __init__(self, access: Access) -> None:
        self._access = access

    def create(
        self,
        connector_type_id: str,
        *,
        name: str | None = None,
        config: Json = None,
        secrets: Json = None,
        id: str | None = None,  # noqa: A002 - Kibana's own name
        space: str | None = None,
    ) -> Record:
        """Create a connector and return it; `name` is the type's id if it is left out."""
        body = {
            "name": name or connector_type_id,
            "connector_type_id": connector_type_id,
            "config": config or {},
            "secrets": secrets or {},
        }
        shown: Record = self._send(
            "POST", f"connector/{_segment(id)}" if id else "connector", space, body
        )
        return shown

    def get(self, id: str, *, space: str | None = None) -> Record:  # noqa: A002
        """Return a connector."""
        shown: Record = self._send("GET", f"connector/{_segment(id)}", space)
        return shown

    def update(
        self,
        id: str,  # noqa: A002
        *,
        name: str,
        config: Json = None,
        secrets: Json = None,
        space: str | None = None,
    ) -> Record:
        """Replace name, config and secrets of a connector and return it."""
        body = {"name": name, "config": config or {}, "secrets": secrets or {}}
        shown: Record = self._send("PUT", f"connector/{_segment(id)}", space, body)
        return shown

    def delete(self, id: str, *, space: str | None = None) -> None:  # noqa: A002
        """Delete a connector."""
        self._send("DELETE", f"connector/{_segment(id)}", space)

    def list(self, *, space: str | None = None) -> list[Record]:
        """Return the connectors of a space, the preconfigured ones among them."""
        found: list[Record] = self._send("GET", "connectors", space)
        return found

    def run(
        self,
        id: str,  # noqa: A002
        params: Json,
        *,
        space: str | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Record:
        """Run a connector as a tool would: the journal has the call, and fault rules bend it.

        `auth` is the user who runs it; without, nothing is forbidden. Returns Kibana's answer; a
        run that fails is one whose `status` is `error`.
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
        auth: tuple[str, str] | None = None,
    ) -> Json:
        prefix = f"/s/{_segment(space)}" if space else ""
        target = f"{prefix}/api/actions/{path}"
        return self._access.send(method, target, body, seen=seen, auth=auth)


class Spaces:
    """The spaces of a world, as Kibana's API shows them."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def create(self, id: str, *, name: str | None = None, **other: Json) -> Record:  # noqa: A002
        """Create a space and return it; its name is its id if it is left out."""
        shown: Record = self._send("POST", "", {"id": id, "name": name or id, **other})
        return shown

    def get(self, id: str) -> Record:  # noqa: A002
        """Return a space."""
        shown: Record = self._send("GET", f"/{_segment(id)}")
        return shown

    def delete(self, id: str) -> None:  # noqa: A002
        """Delete a space and what is in it."""
        self._send("DELETE", f"/{_segment(id)}")

    def list(self) -> list[Record]:
        """Return the spaces."""
        found: list[Record] = self._send("GET", "")
        return found

    def _send(self, method: str, path: str, body: Json = None) -> Json:
        return self._access.send(method, f"/api/spaces/space{path}", body)


def _segment(text: str) -> str:
    return quote(text, safe="")
