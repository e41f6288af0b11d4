"""The formats of addresses that joi knows: host names, IP addresses and URIs."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|0?[1-9]\d|0{0,2}\d)"
_IPV4 = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}", re.ASCII)
_IPV_FUTURE = re.compile(r"v[\dA-Fa-f]+\.[\w\-.~!$&'()*+,;=:]+", re.ASCII)

_LABEL = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?")

# RFC 3986 with joi's liberties: a lone % is fine, and a comma may stand in the scheme.
_NAME = r"\w\-.~!$&'()*+,;=%"
_CHAR = rf"[{_NAME}:@]"
_URI = re.compile(
    rf"""
    (?P<scheme>[a-zA-Z][a-zA-Z\d+,\-.]*):
    (?:
        // (?:[{_NAME}:]*@)? (?:\[(?P<literal>[^\]]*)\]|[{_NAME}]{{1,255}}) (?::\d*)? (?:/{_CHAR}*)*
      | /// {_CHAR}* (?:/{_CHAR}*)*
      | / (?:{_CHAR}+(?:/{_CHAR}*)*)?
      | {_CHAR}+ (?:/{_CHAR}*)*
    )
    (?:\?(?:{_CHAR}|[/?])*)?
    (?:\#(?:{_CHAR}|[/?])*)?
    """,
    re.ASCII | re.VERBOSE,
)
_HTTP_WITHOUT_HOST = re.compile(r"https?:(?!//[^/])")


def is_ipv4(text: str) -> bool:
    """Tell whether a text is an IPv4 address; leading zeros are fine."""
    return _IPV4.fullmatch(text) is not None


def is_ipv6(text: str) -> bool:
    """Tell whether a text is an IPv6 address without brackets and scope."""
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def is_hostname(text: str) -> bool:
    """Tell whether a text is a host name (RFC 1123, one label is enough) or an IP address."""
    return (
        _is_domain(text)
        or is_ipv4(text)
        or is_ipv6(text)
        or _IPV_FUTURE.fullmatch(text) is not None
    )


def _is_domain(text: str) -> bool:
    if len(text) > 256:
        return False
    try:
        labels = text.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return labels[-1][:1].isalpha() and all(
        len(label) <= 63 and _LABEL.fullmatch(label) for label in labels
    )


def is_uri(text: str, schemes: Iterable[str] = ()) -> bool:
    """Tell whether a text is a URI (RFC 3986), with one of the schemes if there are any."""
    match = _URI.fullmatch(text)
    if match is None or _HTTP_WITHOUT_HOST.match(text):
        return False
    literal = match["literal"]
    if literal is not None and not is_ipv6(literal) and not _IPV_FUTURE.fullmatch(literal):
        return False
    allowed = tuple(schemes)
    return not allowed or match["scheme"] in allowed
