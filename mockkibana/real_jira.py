"""The gateway of the Jira connector to a real Jira, through `requests`."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from http.client import BadStatusLine, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests import exceptions

from mockkibana.gateways import JiraAccess, Unreachable
from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, dumps, loads
from mockkibana.settings.installation import Installation

# `xpack.actions.maxResponseContentLength`, which nobody can set yet.
_MAX_RESPONSE = 1_048_576
_CHUNK = 65_536
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_BAD_URL = (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)


class RealJira:
    """A `JiraGateway` that sends every request to the Jira at `url`, not to the connector's."""

    def __init__(self, url: str, installation: Installation) -> None:
        self._url = url.rstrip("/")
        self._installation = installation
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies and no netrc: only what the connector says
        # Jira's cookies are a session: with them, a connector would be logged in as another one.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._session.headers.update(
            {"Accept": "application/json, text/plain, */*", "User-Agent": "axios/1.12.1"}
        )

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Send a request with the connector's credentials; raises `Unreachable` as axios says."""
        timeout = self._installation.settings.response_timeout
        try:
            with self._session.request(
                method,
                _HALF_PAIR.sub("\ufffd", self._url + path),
                data=None if body is None else dumps(body).encode(),
                headers={"Authorization": access.authorization, **_type_of(body)},
                timeout=timeout,
                stream=True,
            ) as response:
                return Answer(response.status_code, _body(response), _headers(response))
        except exceptions.RequestException as error:
            raise Unreachable(self._axios_text(error, timeout)) from None

    def _axios_text(self, error: exceptions.RequestException, timeout: float) -> str:
        if isinstance(error, _BAD_URL):
            return "Invalid URL"
        if isinstance(error, exceptions.TooManyRedirects):
            return "Maximum number of redirects exceeded"
        if isinstance(error, exceptions.ChunkedEncodingError):
            return "stream has been aborted"
        for cause in _causes(error):
            if isinstance(cause, TimeoutError | exceptions.Timeout):
                return f"timeout of {timeout * 1000:.0f}ms exceeded"
            if text := self._network_error(cause):
                return text
        return str(error)

    def _network_error(self, cause: BaseException) -> str | None:
        """Return what Node says of an error of the network, or None if it is no such thing."""
        target = urlsplit(self._url)
        if isinstance(cause, socket.gaierror):
            code = "EAI_AGAIN" if cause.errno == socket.EAI_AGAIN else "ENOTFOUND"
            return f"getaddrinfo {code} {target.hostname}"
        if isinstance(cause, ConnectionRefusedError):
            port = target.port or (443 if target.scheme == "https" else 80)
            return f"connect ECONNREFUSED {target.hostname}:{port}"
        if isinstance(cause, RemoteDisconnected):
            return "socket hang up"
        if isinstance(cause, ConnectionResetError):
            return "read ECONNRESET"
        if isinstance(cause, BadStatusLine):
            return "Parse Error: Expected HTTP/, RTSP/ or ICE/"
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what lies under it, down to the socket's own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


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
