"""Kibana's HTTP client, axios: what it makes of answers, and of a wire on which none comes."""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mockkibana.http.messages import Answer
from mockkibana.http.urls import is_url
from mockkibana.json import Json, dumps
from mockkibana.outbound.message import Outbound, Unreachable

if TYPE_CHECKING:
    from mockkibana.faults import Effect

RESET = "read ECONNRESET", "ECONNRESET"
HANG_UP = "socket hang up", "ECONNRESET"
GARBAGE = "Parse Error: Expected HTTP/, RTSP/ or ICE/", "HPE_INVALID_CONSTANT"
ABORTED = "aborted", "ECONNRESET"
"""Texts and codes of Node for a connection that breaks."""


_DEFAULTS = {"Accept": "application/json, text/plain, */*", "User-Agent": "axios/1.12.1"}


_CERTIFICATES = {
    "self-signed": ("self-signed certificate", "DEPTH_ZERO_SELF_SIGNED_CERT"),
    "unknown-issuer": (
        "unable to get local issuer certificate",
        "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    ),
    "expired": ("certificate has expired", "CERT_HAS_EXPIRED"),
    "wrong-host": (
        (
            "Hostname/IP does not match certificate's altnames: Host: {host}. is not in the cert's "
            "altnames: DNS:other.example.com"
        ),
        "ERR_TLS_CERT_ALTNAME_INVALID",
    ),
}
# Where Python's words are older or newer.
_PHRASES = {
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "I'm a Teapot",
    422: "Unprocessable Entity",
}


class AxiosError(Exception):
    """A request failed; `response` is the answer, if one came, `code` axios's or Node's.

    `request` is what was answered.
    """

    def __init__(
        self,
        message: str,
        code: str | None = None,
        response: Answer | None = None,
        request: Outbound | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.response = response
        self.request = request


class Axios:
    """One run's HTTP client (`axios.create()`); `send` is the run's own."""

    def __init__(self, send: Callable[[Outbound], Answer]) -> None:
        self._send = send
        self._base = ""  # whose URLs were looked at

    def request(self, message: Outbound) -> Answer:
        """Send a message and return the answer, which says success. Raises `AxiosError`."""
        if message.base != self._base or not message.base:
            _check(message.url)
            self._base = message.base
        try:
            answer = self._send(message)
        except Unreachable as error:
            raise AxiosError(str(error), error.code) from None
        if 200 <= answer.status < 300:
            return answer
        code = "ERR_BAD_REQUEST" if answer.status < 500 else "ERR_BAD_RESPONSE"
        text = f"Request failed with status code {answer.status}"
        raise AxiosError(text, code, answer, message)

    def json(self, message: Outbound, required: tuple[str, ...] = ()) -> Json:
        """Send a message and return the JSON of the answer, checked as `axios_utils.ts` does.

        `required` are keys that it has to have. Raises `AxiosError`.
        """
        answer = self.request(message)
        content_type = answer.headers.get("content-type", "undefined")
        if "application/json" not in content_type:
            raise AxiosError(
                f"Unsupported content type: {content_type} in {message.method.lower()} "
                f"{message.url}. Supported content types: application/json"
            )
        if answer.body and isinstance(answer.body, str):
            raise AxiosError("Response is not a valid JSON")
        if required and (
            not isinstance(answer.body, dict) or not answer.body.keys() >= {*required}
        ):
            raise AxiosError(
                f"Response is missing at least one of the expected fields: {','.join(required)}"
            )
        return answer.body


def _check(url: str) -> None:
    if not is_url(url):
        raise AxiosError("Invalid URL", "ERR_INVALID_URL")
    scheme = url.partition(":")[0].strip().lower()
    if scheme not in ("http", "https"):
        raise AxiosError(f"Unsupported protocol {scheme}:", "ERR_BAD_REQUEST")


def status_text(status: int) -> str:
    """Return the reason phrase that Node's servers send with a status."""
    return _PHRASES.get(status) or (
        HTTPStatus(status).phrase if status in set(HTTPStatus) else "unknown"
    )


def retry_after(answer: Answer) -> int | None:
    """Return the seconds of a `retry-after` header, None without one that begins with a number."""
    found = re.match(r"\s*[+-]?\d+", str(answer.headers.get("retry-after", "")))
    return int(found[0]) if found else None


def headers_of(message: Outbound) -> dict[str, str]:
    """Return the headers with which a message goes out, but for those of its `auth`."""
    given = {name.lower() for name in message.headers}
    defaults = dict(_DEFAULTS)
    if message.body is not None and not isinstance(message.body, str):
        defaults["Content-Type"] = "application/json"
    elif message.method in ("POST", "PUT", "PATCH"):
        defaults["Content-Type"] = "application/x-www-form-urlencoded"
    own = {name: value for name, value in defaults.items() if name.lower() not in given}
    return {**own, **message.headers}


def payload(body: Json) -> bytes | None:
    """Return a body as it is sent: a text as it is, any other value as JSON."""
    if body is None or isinstance(body, bytes):
        return body
    return (body if isinstance(body, str) else dumps(body)).encode("utf-8", "replace")


def address(url: str) -> str:
    """Return host and port of a URL, as Node names them."""
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    return f"{parts.hostname}:{port or (443 if parts.scheme == 'https' else 80)}"


def refused(url: str) -> Unreachable:
    """Return what comes of a connection that nobody takes."""
    return Unreachable(f"connect ECONNREFUSED {address(url)}", "ECONNREFUSED")


def timed_out(seconds: float) -> Unreachable:
    """Return what comes of an answer that takes longer than Kibana's `responseTimeout`."""
    return Unreachable(f"timeout of {seconds * 1000:.0f}ms exceeded", "ECONNABORTED")


def too_long(most: int) -> Unreachable:
    """Return what comes of an answer of more bytes than Kibana's `maxResponseContentLength`."""
    return Unreachable(f"maxContentLength size of {most} exceeded", "ERR_BAD_RESPONSE")


def mistrusted(certificate: str, url: str) -> Unreachable:
    """Return what comes of a certificate, one of `faults.what.TLS`, that Node does not take."""
    text, code = _CERTIFICATES[certificate]
    return Unreachable(text.format(host=urlsplit(url).hostname), code)


def broken(effect: Effect) -> Unreachable | None:
    """Return what comes of a connection that a fault rule breaks; None if the client waits on."""
    from mockkibana.http.breakages import Empty, Garbage, Partial, Reset

    texts = {Reset: RESET, Empty: HANG_UP, Garbage: GARBAGE, Partial: ABORTED}
    found = texts.get(type(effect.wire))
    return Unreachable(*found) if found else None
