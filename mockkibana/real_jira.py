"""The gateway of the Jira connector to a real Jira, through `requests`."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import requests
from requests import exceptions

from mockkibana.gateways import JiraAccess, Unreachable
from mockkibana.json import Json, Malformed, dumps, loads
from mockkibana.routing import Answer
from mockkibana.settings import Settings

# `xpack.actions.maxResponseContentLength`, which nobody can set yet.
_MAX_RESPONSE = 1_048_576
_CHUNK = 65_536


class RealJira:
    """A `JiraGateway` that sends every request to the Jira at `url`, not to the connector's."""

    def __init__(self, url: str, settings: Callable[[], Settings]) -> None:
        self._url = url.rstrip("/")
        self._settings = settings
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies and no netrc: only what the connector says
        self._session.headers.update(
            {"Accept": "application/json, text/plain, */*", "User-Agent": "axios/1.12.1"}
        )

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Send a request with the connector's credentials; raises `Unreachable` as axios says."""
        timeout = self._settings().response_timeout
        try:
            with self._session.request(
                method,
                self._url + path,
                data=None if body is None else dumps(body).encode(),
                headers={"Authorization": access.authorization, **_type_of(body)},
                timeout=timeout,
                stream=True,
            ) as response:
                return Answer(response.status_code, _body(response), _headers(response))
        except exceptions.Timeout:
            raise Unreachable(f"timeout of {timeout * 1000:.0f}ms exceeded") from None
        except exceptions.RequestException as error:
            raise Unreachable(self._network_error(error)) from None

    def _network_error(self, error: exceptions.RequestException) -> str:
        text = str(error)
        target = urlsplit(self._url)
        port = target.port or (443 if target.scheme == "https" else 80)
        if "NameResolution" in text or "getaddrinfo" in text:
            return f"getaddrinfo ENOTFOUND {target.hostname}"
        if "refused" in text:
            return f"connect ECONNREFUSED {target.hostname}:{port}"
        if "reset" in text:
            return "read ECONNRESET"
        if "BadStatusLine" in text:
            return "Parse Error: Expected HTTP/, RTSP/ or ICE/"
        if "without response" in text:
            return "socket hang up"
        if "IncompleteRead" in text:
            return "aborted"
        return text


def _type_of(body: Json) -> dict[str, str]:
    return {} if body is None else {"Content-Type": "application/json"}


def _body(response: requests.Response) -> Json:
    """Return JSON as a value and any other text as it is, as axios does."""
    data = b""
    for chunk in response.iter_content(_CHUNK):
        data += chunk
        if len(data) > _MAX_RESPONSE:
            raise Unreachable(f"maxContentLength size of {_MAX_RESPONSE} exceeded")
    if not data:
        return None
    try:
        return loads(data, javascript=True)
    except Malformed:
        return data.decode("utf-8", "replace")


def _headers(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
