"""The real wire: sends messages to a system that is really there, through `requests`."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from errno import errorcode
from http.client import BadStatusLine, HTTPException, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from ssl import SSLCertVerificationError, SSLError
from urllib.parse import urljoin, urlsplit

import requests
from requests import exceptions

from mockkibana.http.messages import Answer
from mockkibana.journal.redaction import Redaction
from mockkibana.json import Json, Malformed, loads
from mockkibana.outbound import axios
from mockkibana.outbound.allowed_hosts import refused_hostname
from mockkibana.outbound.connecting import proxy_of, verification_mode
from mockkibana.outbound.message import Outbound, Unreachable, basic
from mockkibana.outbound.time_limit import TimedAdapter, time_limit
from mockkibana.settings.installation import Installation

_CHUNK = 65_536
_HALF_PAIR = re.compile("[\ud800-\udfff]")
# Of seconds that the operating system waits, which is asked again and again.
_LONGEST = 1_000_000


# OpenSSL's numbers of what is wrong with a certificate, in Node's names.
_CERTIFICATES = {
    10: "CERT_HAS_EXPIRED",
    18: "DEPTH_ZERO_SELF_SIGNED_CERT",
    19: "SELF_SIGNED_CERT_IN_CHAIN",
    20: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    21: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    62: "ERR_TLS_CERT_ALTNAME_INVALID",
}


class Network:
    """Sends messages to what listens at `url`, which takes the place of a message's base.

    Without it, to where each says itself. Redirects lead to hosts alone that Kibana allows, and to
    URLs that are `ours`.
    """

    def __init__(
        self,
        url: str | None,
        installation: Installation,
        ours: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._url = None if url is None else url.rstrip("/")
        self._installation = installation
        self._session = _Session(installation, ours)
        self._session.trust_env = False  # no proxies and no netrc: only what the connector says
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, TimedAdapter())
        # Cookies are a session: with them, a connector would be logged in as another one.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))

    def send(self, message: Outbound) -> Answer:
        """Send a message and return the answer; raises `Unreachable` as axios says.

        The connection's credentials are redacted wherever the answer repeats them.
        """
        settings = self._installation.settings
        timeout = settings.response_timeout
        url = message.url if self._url is None else self._url + message.path
        headers = axios.headers_of(message)
        redaction = Redaction()
        if message.auth is not None:
            headers["Authorization"] = basic(*message.auth)
        for name, value in headers.items():
            redaction.named(name, value)
        proxy = proxy_of(url, settings)
        with time_limit(timeout) as limit:
            try:
                with self._session.request(
                    message.method,
                    _HALF_PAIR.sub("\ufffd", url),
                    data=axios.payload(message.body),
                    headers=headers,
                    timeout=min(timeout, _LONGEST),
                    verify=verification_mode(url, message.trust, settings) != "none",
                    proxies=None if proxy is None else {"http": proxy, "https": proxy},
                    stream=True,
                ) as response:
                    answer = Answer(
                        response.status_code,
                        redaction.scrub(_body(response, settings.max_response_content_length)),
                        redaction.scrub(_headers(response)),
                    )
            except Exception as error:  # noqa: BLE001 - requests lets others through, too
                if limit.is_over:
                    raise axios.timed_out(timeout) from None
                raise _failure(error, timeout, proxy or url) from None
        if limit.is_over:  # a body may end where its connection does
            raise axios.timed_out(timeout)
        return answer


class _Session(requests.Session):
    """Follows redirects as far as Kibana does (`beforeRedirect` of `axios_utils.ts`)."""

    def __init__(self, installation: Installation, ours: Callable[[str], bool]) -> None:
        super().__init__()
        self._installation = installation
        self._ours = ours

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where an answer leads, or None. Raises `Unreachable` where nobody may go."""
        target = super().get_redirect_target(resp)
        if target is None:
            return None
        try:
            url = urljoin(resp.url, target)
            hostname = urlsplit(url).hostname or ""
        except ValueError:
            return target  # which is refused as no URL
        text = refused_hostname(hostname, self._installation.settings)
        if text is None and not self._ours(url):
            text = f"mockkibana sends nothing to {axios.address(url)}, see --outbound-host"
        if text is None:
            return target
        resp.close()
        raise Unreachable(f"Redirected request failed: {text}", "ERR_FR_REDIRECTION_FAILURE")


def _failure(error: Exception, timeout: float, url: str) -> Unreachable:
    if isinstance(error, Unreachable):
        return error
    if isinstance(error, exceptions.TooManyRedirects):
        return Unreachable("Maximum number of redirects exceeded", "ERR_FR_TOO_MANY_REDIRECTS")
    if isinstance(error, exceptions.ChunkedEncodingError):
        return Unreachable("stream has been aborted", "ERR_BAD_RESPONSE")
    if isinstance(error, exceptions.ContentDecodingError):
        return Unreachable("incorrect header check", "Z_DATA_ERROR")
    for cause in _causes(error):
        if isinstance(cause, TimeoutError | exceptions.Timeout):
            return axios.timed_out(timeout)
        if failure := _of_network(cause, url):
            return failure
    if isinstance(error, ValueError):  # of a URL: the connector's, or where Jira redirects to
        return Unreachable("Invalid URL", "ERR_INVALID_URL")
    # Guess: whatever else breaks a connection.
    return Unreachable(*axios.HANG_UP)


def _of_network(cause: BaseException, url: str) -> Unreachable | None:
    """Return what Node says of an error of the network, or None if it is no such thing."""
    if isinstance(cause, socket.gaierror):
        code = "EAI_AGAIN" if cause.errno == socket.EAI_AGAIN else "ENOTFOUND"
        return Unreachable(f"getaddrinfo {code} {urlsplit(url).hostname}", code)
    if isinstance(cause, ConnectionRefusedError):
        return axios.refused(url)
    if isinstance(cause, RemoteDisconnected):
        return Unreachable(*axios.HANG_UP)
    if isinstance(cause, ConnectionResetError):
        return Unreachable(*axios.RESET)
    if isinstance(cause, BadStatusLine):
        return Unreachable(*axios.GARBAGE)
    if isinstance(cause, HTTPException):  # of lines or headers that are too long or too many
        return Unreachable("Parse Error: Header overflow", "HPE_HEADER_OVERFLOW")
    if isinstance(cause, SSLCertVerificationError):
        return Unreachable(cause.verify_message, _CERTIFICATES.get(cause.verify_code))
    if isinstance(cause, SSLError):
        # Guess: Node's text holds OpenSSL's places in memory, too.
        reason = (getattr(cause, "reason", None) or "ssl error").lower().replace("_", " ")
        return Unreachable(f"write EPROTO {reason}", "EPROTO")
    if isinstance(cause, OSError) and cause.errno is not None:
        name = errorcode.get(cause.errno, "EIO")
        return Unreachable(f"connect {name} {axios.address(url)}", name)
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an error and what lies under it, down to the socket's own."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _body(response: requests.Response, most: int) -> Json:
    """Return JSON as a value and any other text as it is, as axios does."""
    data = b""
    for chunk in response.iter_content(_CHUNK):
        data += chunk
        if len(data) > most:
            raise axios.too_long(most)
    if not data:
        return None
    try:
        return loads(data, javascript=True)
    except Malformed:
        return data.decode("utf-8", "replace")


def _headers(response: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}
