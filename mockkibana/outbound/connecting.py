"""How Kibana connects to a host: by which proxy, and how closely it looks at the certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from mockkibana.http.urls import is_url
from mockkibana.settings import Settings

if TYPE_CHECKING:
    from mockkibana.outbound.message import Trust

_PORTS = {"http": 80, "https": 443, "smtp": 25, "smtps": 25}
_OF_THE_ISSUER = ("self-signed", "unknown-issuer")


def proxy_of(url: str, settings: Settings) -> str | None:
    """Return the URL of the proxy by which Kibana goes to another, or None (`proxyUrl`).

    What is no URL is no proxy; of lists of hosts the one of those without a proxy goes first.
    """
    proxy, hostname = settings.proxy_url, _hostname(url)
    if proxy is None or hostname is None or not is_url(proxy):
        return None
    if (bypassed := settings.proxy_bypass_hosts) is not None:
        return None if hostname in bypassed else proxy
    only = settings.proxy_only_hosts
    return proxy if only is None or hostname in only else None


def verification_mode(url: str, trust: Trust, settings: Settings) -> str:
    """Return how a certificate is looked at: `full`, `certificate` (for any host) or `none`.

    What a connector says goes before what kibana.yml says of the host, and that before what it
    says of all (`get_custom_agents.ts`).
    """
    custom = _custom(url, settings)
    of_host = custom[0] if custom else None
    return trust.verification_mode or of_host or settings.ssl_verification_mode


def is_trusted(certificate: str, url: str, trust: Trust, settings: Settings) -> bool:
    """Tell whether a certificate that is one of `faults.what.TLS` is taken all the same.

    Guess: an authority that is named for a host is the one that issued its certificate.
    """
    mode = verification_mode(url, trust, settings)
    if mode == "none" or (mode == "certificate" and certificate == "wrong-host"):
        return True
    custom = _custom(url, settings)
    knows_issuer = trust.has_authority or (custom is not None and custom[1])
    return knows_issuer and certificate in _OF_THE_ISSUER


def _custom(url: str, settings: Settings) -> tuple[str | None, bool] | None:
    wanted = _origin(url) if settings.custom_host_settings else None
    for host in settings.custom_host_settings:
        if wanted is not None and _origin(host.url) == wanted:
            return host.verification_mode, host.has_authority
    return None


def _origin(url: str) -> tuple[str, str | None, int | None] | None:
    if (parts := _split(url)) is None:
        return None
    scheme = parts.scheme.removesuffix("s") if parts.scheme == "smtps" else parts.scheme
    return scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _hostname(url: str) -> str | None:
    parts = _split(url)
    return parts.hostname if parts else None


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None
