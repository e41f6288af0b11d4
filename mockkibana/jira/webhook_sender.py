"""Sends what webhooks are told, to loopback alone, and keeps it in the outbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from queue import SimpleQueue
from threading import Event, Lock, Thread

from mockkibana.clock import iso
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound, Unreachable
from mockkibana.outbound.outbox import Outbox
from mockkibana.settings.installation import Installation

TYPE = "jira:webhook"
"""By what the outbox lists deliveries of webhooks."""
_LOOPBACK = re.compile(r"localhost|127(?:\.\d{1,3}){3}|\[::1\]", re.IGNORECASE)
_AGENT = "Atlassian Webhook HTTP Client"
# Whoever caused an event sees it told as a rule; one who takes the call in the same thread must not
# wait for itself.
_PATIENCE = 1.0


@dataclass(frozen=True, slots=True)
class Notice:
    """An event for one webhook: its name, its URL, and the body (None: without one)."""

    name: str
    url: str
    body: Json


class WebhookSender:
    """Sends notices one after another, in a thread that the first of them starts."""

    def __init__(self, outbox: Outbox, installation: Installation) -> None:
        self._outbox = outbox
        self._installation = installation
        self._queue: SimpleQueue[tuple[Notice, Event]] = SimpleQueue()
        self._starting = Lock()
        self._thread: Thread | None = None

    def send(self, notices: list[Notice]) -> None:
        """Send notices; return when they have arrived, or after a second at the latest."""
        with self._starting:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="jira-webhooks", daemon=True)
                self._thread.start()
        done = [Event() for _ in notices]
        for notice, event in zip(notices, done, strict=True):
            self._queue.put((notice, event))
        for event in done:
            event.wait(_PATIENCE)

    def _work(self) -> None:
        while True:
            notice, done = self._queue.get()
            try:
                headers = {
                    "Content-Type": "application/json; charset=UTF-8",
                    "User-Agent": _AGENT,
                    "X-Atlassian-Webhook-Identifier": self._installation.ids.uuid("webhook"),
                }
                self._keep(notice, headers, self._sent(notice, headers))
            finally:
                done.set()

    def _sent(self, notice: Notice, headers: dict[str, str]) -> Answer:
        """Send a notice and return the answer; one of status 0 tells why there is none."""
        if not _is_loopback(notice.url):
            return Answer(0, "Not sent: the mock sends webhooks to loopback addresses only.")
        from mockkibana.outbound.network import Network

        message = Outbound("POST", notice.url, headers, notice.body, base=notice.url)
        # The proxy is Kibana's.
        settings = replace(self._installation.settings, proxy_url=None)
        direct = Installation(settings, self._installation.clock)
        try:
            return Network(notice.url, direct, _is_loopback).send(message)
        except Unreachable as error:
            return Answer(0, str(error))

    def _keep(self, notice: Notice, headers: dict[str, str], answer: Answer) -> None:
        request = {
            "method": "POST",
            "url": notice.url,
            "headers": headers,
            "body": notice.body,
        }
        response = {
            "status": answer.status,
            "headers": dict(answer.headers),
            "body": answer.body,
        }
        delivery = {
            "at": iso(self._installation.clock.now()),
            "space": "default",
            "connector_id": "",
            "connector_name": notice.name,
            "connector_type_id": TYPE,
            "request": request,
            "response": response,
        }
        self._outbox.restore([delivery])


def _is_loopback(url: str) -> bool:
    """Tell whether a URL is of this machine, read as what sends the request reads it."""
    from urllib3.exceptions import LocationParseError
    from urllib3.util import parse_url

    try:
        return _LOOPBACK.fullmatch(parse_url(url).host or "") is not None
    except LocationParseError:
        return False
