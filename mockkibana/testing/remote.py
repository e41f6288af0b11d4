"""Control over HTTP: the verbs of the control plane, asked of a server that runs elsewhere."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockkibana.control.errors import ControlError
from mockkibana.json import Json, encode

if TYPE_CHECKING:
    import requests

API = "/_mock/api"
_WORLD = re.compile(r"/_mock/worlds/[^/]*$")
_TIMEOUT = 60.0
_JSON = {"content-type": "application/json"}


class NoServer(ConnectionError):
    """Nothing that is mockkibana answers at the URL; the text says what came instead."""


def world_url(url: str, world: str | None) -> str:
    """Return the base URL of a world of the server at `url`; None is the world that `url` names."""
    url = url.rstrip("/")
    if world is None:
        return url
    return f"{server_url(url)}/_mock/worlds/{quote(world, safe='')}"


def server_url(url: str) -> str:
    """Return the base URL of a server's default world, given that of any of its worlds."""
    return _WORLD.sub("", url.rstrip("/"))


class RemoteControl:
    """The verbs over one world of a running server.

    `url` is the base of that world; `token` is sent where the server asks for one. Verbs raise
    `ControlError` for what the server refuses and `NoServer` when there is none.
    """

    def __init__(self, url: str, token: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._token = token

    @cached_property
    def session(self) -> requests.Session:
        """What sends the requests; imported on first use."""
        import requests

        session = requests.Session()
        session.trust_env = False  # no proxy, and no .netrc in the place of the token
        if self._token:
            session.headers["authorization"] = f"Bearer {self._token}"
        return session

    def close(self) -> None:
        """Close the connections."""
        self.session.close()

    def state(self) -> Json:
        """Return how much there is of each part."""
        return self._send("GET", "/state")

    def reset(self, *, empty: bool = False, parts: list[str] | None = None) -> Json:
        """Put the world back to its start."""
        body: dict[str, Json] = {"empty": empty}
        if parts is not None:
            body["parts"] = parts
        return self._send("POST", "/reset", body)

    def seed(self, content: Json) -> Json:
        """Add a seed: its content, or its text as JSON or YAML."""
        if isinstance(content, str):
            data = content.encode()
            return self._send("POST", "/seed", data=data, headers={"content-type": "text/plain"})
        return self._send("POST", "/seed", content)

    def snapshot(self, *, secrets: bool = False) -> Json:
        """Return the state as a seed; with secrets only for those who send the token."""
        return self._send("GET", "/snapshot", query={"secrets": "true"} if secrets else None)

    def snapshots(self) -> Json:
        """Return what is told of each snapshot in memory."""
        return self._send("GET", "/snapshots")

    def save_snapshot(self, name: str) -> Json:
        """Keep the state in the server's memory."""
        return self._send("PUT", f"/snapshots/{_segment(name)}")

    def restore_snapshot(self, name: str) -> Json:
        """Make a snapshot the state."""
        return self._send("POST", f"/snapshots/{_segment(name)}/_restore")

    def delete_snapshot(self, name: str) -> Json:
        """Forget a snapshot."""
        return self._send("DELETE", f"/snapshots/{_segment(name)}")

    def settings(self) -> Json:
        """Return all settings."""
        return self._send("GET", "/settings")

    def put_settings(self, settings: Json) -> Json:
        """Replace the settings."""
        return self._send("PUT", "/settings", settings)

    def clock(self) -> Json:
        """Return the world's time."""
        return self._send("GET", "/clock")

    def put_clock(self, change: Json) -> Json:
        """Freeze, set, advance or resume the clock."""
        return self._send("PUT", "/clock", change)

    def journal(self, **query: Json) -> Json:
        """Return the calls that match a query; `wait` is a long-poll."""
        return self._send("GET", "/journal", query=query)

    def count(self, **query: Json) -> Json:
        """Return `{"count"}` of the calls that match a query."""
        return self._send("POST", "/journal/_count", query)

    def har(self, **query: Json) -> Json:
        """Return the calls that match a query as an HTTP archive."""
        return self._send("GET", "/journal/_har", query=query)

    def clear_journal(self) -> Json:
        """Forget all calls."""
        return self._send("DELETE", "/journal")

    def log(self) -> Json:
        """Return the lines of Kibana's log."""
        return self._send("GET", "/log")

    def clear_log(self) -> Json:
        """Forget the log."""
        return self._send("DELETE", "/log")

    def bugs(self) -> Json:
        """Return the tracebacks of what went wrong in mockkibana itself."""
        return self._send("GET", "/bugs")

    def faults(self) -> Json:
        """Return the fault rules."""
        return self._send("GET", "/faults")

    def fault(self, id: str) -> Json:  # noqa: A002
        """Return one fault rule."""
        return self._send("GET", f"/faults/{_segment(id)}")

    def add_fault(self, rule: Json) -> Json:
        """Add a fault rule and return it."""
        return self._send("POST", "/faults", rule)

    def remove_fault(self, id: str) -> Json:  # noqa: A002
        """Take a fault rule away."""
        return self._send("DELETE", f"/faults/{_segment(id)}")

    def clear_faults(self) -> Json:
        """Take all fault rules away."""
        return self._send("DELETE", "/faults")

    def worlds(self) -> Json:
        """Return the state of each world that has a name."""
        return self._send("GET", "/worlds", base=server_url(self.url))

    def delete_world(self, name: str) -> Json:
        """Forget a world."""
        return self._send("DELETE", f"/worlds/{_segment(name)}", base=server_url(self.url))

    def _send(
        self,
        method: str,
        path: str,
        body: Json = None,
        *,
        query: dict[str, Json] | None = None,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        base: str | None = None,
    ) -> Json:
        import requests

        url = f"{base or self.url}{API}{path}"
        if data is None and body is not None:
            data, headers = encode(body), _JSON
        wait = _seconds((query or {}).get("wait"))
        try:
            response = self.session.request(
                method,
                url,
                params={name: _parameter(value) for name, value in (query or {}).items()},
                data=data,
                headers=headers,
                timeout=_TIMEOUT + wait,
            )
        except requests.RequestException as error:
            raise NoServer(f"Nothing answers at {self.url}: {_reason(error)}") from None
        return self._read(method, url, response)

    def _read(self, method: str, url: str, response: requests.Response) -> Json:
        try:
            value: Any = response.json()
        except ValueError:
            value = None
        refusal = value.get("error") if isinstance(value, dict) else None
        if response.ok and value is not None:
            return value
        if not isinstance(refusal, str) or "kbn-name" in response.headers:
            raise NoServer(
                f"What answers at {self.url} is not mockkibana: {method} {url} was answered with "
                f"{response.status_code} {response.reason}"
            )
        raise ControlError(response.status_code, refusal)


def _segment(text: str) -> str:
    return quote(text, safe="")


def _parameter(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _seconds(wait: Json) -> float:
    from mockkibana.clock import parse_duration

    try:
        return 0.0 if wait is None else parse_duration(wait)
    except ValueError:
        return 0.0  # the server says what is wrong with it


def _reason(error: Exception) -> str:
    """Return the innermost cause, which is the one that tells a person something."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    return str(getattr(cause, "strerror", None) or cause)
