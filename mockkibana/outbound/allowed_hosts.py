"""The hosts that `xpack.actions.allowedHosts` lets connectors talk to."""

from __future__ import annotations

from urllib.parse import urlsplit

from mockkibana.settings import Settings

_ANY = "*"


def refused_url(url: str, settings: Settings) -> str | None:
    """Return Kibana's text for a URL whose host is not allowed, or None.

    A host is compared as a whole, without its port; with `*` any text passes that Node parses,
    even one that is no URL (`actions_config.ts`).
    """
    hosts = settings.allowed_hosts
    from mockkibana.http.urls import is_parsed  # a start need not wait for its patterns

    if is_parsed(url) and (_ANY in hosts or _host(url) in hosts):
        return None
    return f'target url "{url}" is not added to the Kibana config xpack.actions.allowedHosts'


def refused_hostname(hostname: str, settings: Settings) -> str | None:
    """Return Kibana's text for a host that is not allowed, or None."""
    if _ANY in settings.allowed_hosts or hostname in settings.allowed_hosts:
        return None
    return (
        f'target hostname "{hostname}" is not added to the Kibana config xpack.actions.allowedHosts'
    )


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
