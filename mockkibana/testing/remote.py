"""Control over HTTP: the verbs of the control plane, asked of a server that runs elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from mockkibana.control.errors import ControlError
from mockkibana.control.verbs import MOUNT, VERBS, Verb
from mockkibana.errors import MockKibanaError
from mockkibana.json import Json, encode
from mockkibana.testing.transport import segment

if TYPE_CHECKING:
    import requests

_WORLD = re.compile(r"/_mock/worlds/[^/]*$")
TIMEOUT = 60.0
"""How many seconds an answer may take."""


class NoServer(MockKibanaError, ConnectionError):
    """Nothing that is mockkibana answers at the URL; the text says what came instead."""


def world_url(url: str, world: str | None) -> str:
    """Return the base URL of a world of the server at `url`; None is the world that `url` names.

    Raises ValueError for what is no URL.
    """
    if not url.startswith(("http://", "https://")):
        raise ValueError(f"{url!r} is no URL: expected one such as http://{url}")
    url = url.rstrip("/")
    if world is None:
        return url
    return f"{server_url(url)}/_mock/worlds/{segment(world)}"


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

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return a verb, to be called as the method of the control plane is."""
        if name not in VERBS:
            raise AttributeError(f"{type(self).__name__!r} has no verb {name!r}")
        return partial(self._ask, VERBS[name])

    def _ask(self, verb: Verb, /, *values: Json, **given: Json) -> Json:
        import requests

        names = verb.placeholders
        path = verb.path.format(**dict(zip(names, map(segment, values), strict=False)))
        base = server_url(self.url) if verb.is_of_server else self.url
        url = f"{base}{MOUNT}{path}"
        given = {name: value for name, value in given.items() if value is not None}
        content: Json = values[-1] if verb.value else given
        headers, query = {"content-type": "application/json"}, {}
        if verb.method == "GET":
            body, query = b"", {name: _parameter(value) for name, value in given.items()}
        elif verb.is_text and isinstance(content, str):
            body, headers = content.encode("utf-8", "replace"), {"content-type": "text/plain"}
        else:
            body = encode(content)
        try:
            response = self.session.request(
                verb.method,
                url,
                params=query,
                data=body,
                headers=headers,
                timeout=TIMEOUT + _seconds(given.get("wait")),
            )
        except requests.RequestException as error:
            raise NoServer(f"Nothing answers at {self.url}: {reason_of(error)}") from None
        return self._read(verb.method, url, response)

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


def is_unreached(error: requests.RequestException) -> bool:
    """Tell whether there was no connection at all."""
    from urllib3.exceptions import NewConnectionError

    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", None), NewConnectionError)


def reason_of(error: Exception) -> str:
    """Return the innermost cause, which is the one that tells a person something."""
    cause: BaseException = error
    while (inner := cause.__cause__ or cause.__context__) is not None:
        cause = inner
    return str(getattr(cause, "strerror", None) or cause)


def _parameter(value: Json) -> str:
    if isinstance(value, list):
        value = ",".join(value)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text.encode("utf-8", "replace").decode()


def _seconds(wait: Json) -> float:
    from mockkibana.clock import parse_duration

    try:
        return 0.0 if wait is None else parse_duration(wait)
    except ValueError:
        return 0.0  # the server says what is wrong with it
