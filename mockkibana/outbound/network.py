"""The real wire: sends messages to a system that is really there, through `requests`."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from http.client import BadStatusLine, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests import exceptions

from mockkibana.http.messages import Answer
from mockkibana.json import Json, Malformed, loads
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound, Unreachable, basic
from mockkibana.settings.installation import Installation

# `xpack.actions.maxResponseContentLength`, which nobody can set yet.
_MAX_RESPONSE = 1_048_576
_CHUNK = 65_536
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_BAD_URL = (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)


class Network:
    """Sends every message to what listens at `url`, which takes the place of the message's base."""

    def __init__(self, url: str, installation: Installation) -> None:
        self._url = url.rstrip("/")
        self._installation = installation
        self._session = requests.Session()
        self._session.trust_env = False  # no proxies and no netrc: only what the connector says
        # Cookies are a session: with them, a connector would be logged in as another one.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def send(self, message: Outbound) -> Answer:
        """Send a message and return the answer; raises `Unreachable` as axios says."""
        timeout = self._installation.settings.response_timeout
        headers = axios.headers_of(message)
        if message.auth is not None:
            headers["Authorization"] = basic(*message.auth)
        try:
            with self._session.request(
                message.method,
                _HALF_PAIR.sub("\ufffd", self._url + message.path),
                data=axios.payload(message.body),
                headers=headers,
                timeout=timeout,
                stream=True,
            ) as response:
                return Answer(response.status_code, _body(response), _headers(response))
        except exceptions.RequestException as error:
            raise self._failure(error, timeout) from None

    def _failure(self, error: exceptions.RequestException, timeout: float) -> Unreachable:
        if isinstance(error, _BAD_URL):
            return Unreachable("Invalid URL", "ERR_INVALID_URL")
        if isinstance(error, exceptions.TooManyRedirects):
            return Unreachable("Maximum number of redirects exceeded", "ERR_FR_TOO_MANY_REDIRECTS")
        if isinstance(error, exceptions.ChunkedEncodingError):
            return Unreachable("stream has been aborted", "ERR_BAD_RESPONSE")
        for cause in _causes(error):
            if isinstance(cause, TimeoutError | exceptions.Timeout):
                return axios.timed_out(timeout)
            if failure := self._of_network(cause):
                return failure
        return Unreachable(str(error))

    def _of_network(self, cause: BaseException) -> Unreachable | None:
        """Return what Node says of an error of the network, or None if it is no such thing."""
        if isinstance(cause, socket.gaierror):
            code = "EAI_AGAIN" if cause.errno == socket.EAI_AGAIN else "ENOTFOUND"
            return Unreachable(f"getaddrinfo {code} {urlsplit(self._url).hostname}", code)
        if isinstance(cause, ConnectionRefusedError):
            return axios.refused(self._url)
        if isinstance(cause, RemoteDisconnected):
            return Unreachable(*axios.HANG_UP)
        if isinstance(cause, ConnectionResetError):
            return Unreachable(*axios.RESET)
        if isinstance(cause, BadStatusLine):
            return Unreachable(*axios.GARBAGE)
        return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what lies under it, down to the socket's own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _body(response: requests.Response) -> Json:
    """Return JSON as a value and any other text as it is, as axios does."""
    data = b""
    for chunk in response.iter_content(_CHUNK):
        data += chunk
        if len(data) > _MAX_RESPONSE:
            raise Unreachable(
                f"maxContentLength size of {_MAX_RESPONSE} exceeded", "ERR_BAD_RESPONSE"
            )
    if not data:
        return None
    try:
        return loads(data, javascript=True)
    except Malformed:
        return data.decode("utf-8", "replace")


def _headers(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
