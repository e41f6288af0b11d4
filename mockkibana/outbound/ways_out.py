"""Which messages really leave the process: those to hosts that an option names, and mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mockkibana.settings import BadSetting
from mockkibana.settings.installation import Installation

if TYPE_CHECKING:
    from mockkibana.http.messages import Answer
    from mockkibana.outbound.message import Outbound
    from mockkibana.outbound.network import Network
    from mockkibana.outbound.party import Party
    from mockkibana.outbound.smtp import Smtp


class WaysOut:
    """The real wires of a world; a party says by its `wire` which of them its messages may take.

    `hosts` are names of hosts, each with a port or for all of its ports; `smtp` is the mail server
    that takes all mail, `HOST:PORT`. Raises `BadSetting`.
    """

    def __init__(
        self, installation: Installation, hosts: Iterable[str] = (), smtp: str | None = None
    ) -> None:
        self._installation = installation
        self._hosts = frozenset(map(_host, hosts))
        self._smtp = None if smtp is None else _server(smtp)

    def of(self, party: Party, message: Outbound) -> Callable[[Outbound], Answer] | None:
        """Return the wire that a message takes; None: the party in this process answers it."""
        if party.wire == "http" and self._hosts and self._is_named(message.url):
            return self._network.send
        if party.wire == "smtp" and self._smtp is not None and message.method == "SMTP":
            return self._mail.send
        return None

    def _is_named(self, url: str) -> bool:
        return not self._hosts.isdisjoint(_names(url))

    @cached_property
    def _network(self) -> Network:
        from mockkibana.outbound.network import Network  # few worlds need it

        return Network(None, self._installation, self._is_named)

    @cached_property
    def _mail(self) -> Smtp:
        from mockkibana.outbound.smtp import Smtp

        assert self._smtp is not None  # noqa: S101 - else nobody asks
        return Smtp(*self._smtp, self._installation)


def _host(text: str) -> str:
    names = [] if "/" in text or "@" in text or text != text.strip() else _names(f"http://{text}")
    if not names:
        raise BadSetting(
            f"outbound_host is {_shown(text)}; expected a host such as hooks.example.com, or one "
            "with its port, such as localhost:8080"
        )
    return names[-1 if _port(text) else 0]


def _server(text: str) -> tuple[str, int]:
    parts = urlsplit(f"smtp://{text}")
    if not parts.hostname or not (port := _port(text)) or parts.netloc != text or "@" in text:
        raise BadSetting(
            f"smtp is {_shown(text)}; expected a host and a port, such as localhost:1025"
        )
    return parts.hostname, port


def _shown(text: str) -> str:
    """Return what was given, without a user and a password."""
    return repr(f"...@{text.rpartition('@')[2]}" if "@" in text else text)


def _port(text: str) -> int | None:
    try:
        return urlsplit(f"//{text}").port
    except ValueError:
        return None


def _names(url: str) -> list[str]:
    """Return by what an option may name the host of a URL: alone, and with the port."""
    try:
        parts = urlsplit(url)
        if not parts.hostname:
            return []
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return []
    return [parts.hostname, f"{parts.hostname}:{port}"]
