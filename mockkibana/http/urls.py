"""URLs as Node's `url.parse` sees them."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Most URLs, told at a glance; a label that begins with xn-- needs a closer look.
_PLAIN_URL = re.compile(r"(?!.*xn--)https?://[a-z0-9.-]+(?::[0-9]*)?(?:[/?#]|\Z)", re.DOTALL)
_AROUND_URLS = "".join(map(chr, range(33))) + "\xa0\ufeff"
_SCHEME = re.compile(r"[a-z0-9.+-]+:", re.IGNORECASE)
_WITH_SLASHES = ("http:", "https:", "ftp:", "gopher:", "file:", "ws:", "wss:")
_NEVER_IN_HOSTS = re.compile(r"""[ "%';<>\\^`{|}]""")
_FORBIDDEN = re.compile(r"[\0\t\n\r #%/:<>?@\[\\\]^|]")
_FORBIDDEN_IN_IPV6 = re.compile(r"[\0\t\n\r #%/<>?@\\^|]")


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
