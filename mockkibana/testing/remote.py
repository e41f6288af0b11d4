"""Control over HTTP: the verbs of the control plane, asked of a server that runs elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockkibana.control.errors import ControlError
from mockkibana.control.verbs import BY_NAME, MOUNT, Takes, Verb
from mockkibana.json import Json, encode

if TYPE_CHECKING:
    import requests

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

    def __getattr__(self, name: str) -> Callable[..., Json]:
        """Return a verb, to be called as the method of the control plane is."""
        if name not in BY_NAME:
            raise AttributeError(f"{type(self).__name__!r} has no verb {name!r}")
        return partial(self._ask, BY_NAME[name])

    def _ask(self, verb: Verb, /, *values: Json, **given: Json) -> Json:
        names = verb.placeholders
        path = verb.path.format(**dict(zip(names, map(_segment, values), strict=False)))
        base = server_url(self.url) if verb.is_of_server else self.url
        url = f"{base}{MOUNT}{path}"
        body, headers = b"", None
        if verb.takes is Takes.SEED and isinstance(values[-1], str):
            body, headers = values[-1].encode(), {"content-type": "text/plain"}
        elif verb.takes in (Takes.SEED, Takes.VALUE):
            body, headers = encode(values[-1]), _JSON
        elif verb.takes in (Takes.ARGUMENTS, Takes.CONDITIONS):
            given = {name: value for name, value in given.items() if value is not None}
            body, headers, given = encode(given), _JSON, {}
        return self._send(verb.method, url, given, body, headers)

    def _send(
        self,
        method: str,
        url: str,
        query: dict[str, Json],
        body: bytes,
        headers: dict[str, str] | None,
    ) -> Json:
        import requests

        try:
            response = self.session.request(
                method,
                url,
                params={name: _parameter(value) for name, value in query.items()},
                data=body,
                headers=headers,
                timeout=_TIMEOUT + _seconds(query.get("wait")),
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
