"""URLs as Node sees them: its old `url.parse`, and the WHATWG's `new URL`."""

from __future__ import annotations

import re
from urllib.parse import unquote

from mockkibana.remembered import remembered

# Most URLs, told at a glance; a label that begins with xn-- needs a closer look.
_PLAIN_URL = re.compile(r"(?!.*xn--)https?://[a-z0-9.-]+(?::[0-9]*)?(?:[/?#]|\Z)", re.DOTALL)
_SCHEME = re.compile(r"[a-z0-9.+-]+:", re.IGNORECASE)
_WITH_SLASHES = ("http:", "https:", "ftp:", "gopher:", "file:", "ws:", "wss:")
_NEVER_IN_HOSTS = re.compile(r"""[ "%';<>\\^`{|}]""")
_FORBIDDEN = re.compile(r"[\0\t\n\r #%/:<>?@\[\\\]^|]")
_FORBIDDEN_IN_IPV6 = re.compile(r"[\0\t\n\r #%/<>?@\\^|]")

# Most URLs, told at a glance: a name that ends in no number.
_SURE_URL = re.compile(r"(?!.*xn--)https?://(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*(?::[0-9]{1,4})?/")
_SPECIAL = ("http", "https", "ws", "wss", "ftp")
_URL = re.compile(r"([a-z][a-z0-9+.-]*):(.*)", re.IGNORECASE | re.DOTALL)
_FORBIDDEN_IN_HOSTS = re.compile(r"[\0\t\n\r #/:<>?@\[\\\]^|]")
_FORBIDDEN_IN_DOMAINS = re.compile(r"[\0-\x20\x7f%#/:<>?@\[\\\]^|]")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+", re.IGNORECASE)
_CONTROLS = "".join(map(chr, range(33)))
_AROUND_URLS = _CONTROLS + "\xa0\ufeff"


def is_parsed(url: str) -> bool:
    """Tell whether Node's `url.parse(url, false, true)` takes a text; else it throws.

    It takes nearly everything, but no user name with a bad `%`, and no host name that is none once
    it is written in ASCII (lib/url.js of Node 20).
    """
    if _PLAIN_URL.match(url):
        return True
    # What follows a ? or # never holds the host.
    rest = re.split("[?#]", url.strip(_AROUND_URLS), maxsplit=1)[0].replace("\\", "/")
    scheme = found[0] if (found := _SCHEME.match(rest)) else ""
    rest = rest[len(scheme) :]
    has_slashes = rest.startswith("//")
    if scheme.lower() == "javascript:" or not (
        has_slashes or (scheme and scheme not in _WITH_SLASHES)
    ):
        return True
    rest = re.sub("[\t\n\r]", "", rest[2:] if has_slashes else rest)
    user, at, host = rest.partition("/")[0].rpartition("@")
    if at and not _is_decoded(user):
        return False
    hostname = re.sub(r":[0-9]*\Z", "", _NEVER_IN_HOSTS.split(host, maxsplit=1)[0])
    if hostname.startswith("[") and hostname.endswith("]"):
        return not _FORBIDDEN_IN_IPV6.search(hostname)
    hostname = hostname.partition(":")[0]
    if not hostname or len(hostname) > 255:
        return True
    in_ascii = _in_ascii(hostname)
    return bool(in_ascii) and not _FORBIDDEN.search(in_ascii)


def _is_decoded(text: str) -> bool:
    """Tell whether `decodeURIComponent` takes a text."""
    try:
        unquote(text, errors="strict")
    except UnicodeDecodeError:
        return False
    return not re.search("%(?![0-9a-fA-F]{2})", text)


def _in_ascii(hostname: str) -> str:
    """Return a host name in ASCII, empty where that fails."""
    from encodings.idna import nameprep  # slow to import

    try:
        labels = [nameprep(label) for label in re.split("[.\u3002\uff0e\uff61]", hostname)]
        for label in labels:
            if label.startswith("xn--") and not label[4:].encode().decode("punycode"):
                return ""
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode()
            for label in labels
        )
    except UnicodeError:
        return ""


def is_url(text: str) -> bool:
    """Tell whether `new URL(text)` takes a text; else it throws `TypeError: Invalid URL`.

    The rules are those of url.spec.whatwg.org, but for names that IDNA refuses and Python's older
    copy of it does not.
    """
    if _SURE_URL.match(text):
        return True
    text = re.sub("[\t\n\r]", "", text.strip(_CONTROLS))
    found = _URL.match(text)
    if found is None:
        return False
    scheme, rest = found[1].lower(), found[2]
    if scheme in _SPECIAL:
        authority = re.split(r"[/\\?#]", rest.lstrip("/\\"), maxsplit=1)[0]
        return _is_authority(authority, special=True)
    if scheme == "file":
        host = re.match(r"[/\\]{2}([^/\\?#]*)", rest)
        return host is None or not host[1] or _is_drive(host[1]) or _is_host(host[1])
    if rest.startswith("//"):
        return _is_authority(re.split("[/?#]", rest[2:], maxsplit=1)[0], special=False)
    return True


def _is_authority(authority: str, *, special: bool) -> bool:
    _, at, address = authority.rpartition("@")
    host, colon, port = address, "", ""
    if ":" in address and not address.endswith("]"):
        host, colon, port = address.rpartition(":")
    if port and not (port.isascii() and port.isdecimal() and int(port[:9]) < 65536 > int(port)):
        return False
    if not host:
        return not special and not at and not colon
    return _is_host(host) if special else _is_opaque_host(host)


def _is_drive(host: str) -> bool:
    return len(host) == 2 and host[0].isalpha() and host[1] in ":|"


def _is_opaque_host(host: str) -> bool:
    return _is_ipv6(host) if host.startswith("[") else not _FORBIDDEN_IN_HOSTS.search(host)


@remembered(256)  # a run asks the same host again and again
def _is_host(host: str) -> bool:
    if host.startswith("["):
        return _is_ipv6(host)
    domain = _in_ascii(unquote(host, errors="replace").lower())
    if not domain or _FORBIDDEN_IN_DOMAINS.search(domain):
        return False
    labels = domain.removesuffix(".").split(".")
    last = labels[-1]
    if not (last.isascii() and last.isdecimal()) and not re.fullmatch("0x[0-9a-f]*", last):
        return True
    numbers = [_number(label) for label in labels]  # it ends in a number, so it is an IPv4 address
    most = [256] * (len(labels) - 1) + [256 ** (5 - len(labels))] if len(labels) < 5 else []
    return bool(most) and all(
        number is not None and number < limit for number, limit in zip(numbers, most, strict=True)
    )


def _number(label: str) -> int | None:
    """Return the number of a part of an IPv4 address: hexadecimal, octal or decimal."""
    if not _NUMBER.fullmatch(label):
        return None
    try:
        if label[:2].lower() == "0x":
            return int(label[2:] or "0", 16)
        return int(label, 8 if label.startswith("0") else 10)
    except ValueError:
        return None


def _is_ipv6(host: str) -> bool:
    from ipaddress import AddressValueError, IPv6Address  # slow to import

    try:
        IPv6Address(host[1:-1] if host.endswith("]") and "%" not in host else "")
    except AddressValueError:
        return False
    return True
