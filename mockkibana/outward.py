"""The ways out of a run: each request to a backend meets the fault rules and enters the journal."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import TYPE_CHECKING, Any

from mockkibana.gateways import (
    BulkCreated,
    ElasticsearchGateway,
    JiraAccess,
    JiraGateway,
    Unreachable,
)
from mockkibana.http.messages import Answer
from mockkibana.journal import Made, Outbound, RunRecord
from mockkibana.json import Json
from mockkibana.settings.installation import Installation

if TYPE_CHECKING:
    from mockkibana.connectors.base import Gateways
    from mockkibana.faults import Faults
    from mockkibana.security.identity import Identity


class Ways:
    """Makes the gateways of each run out of a world's own; `stopped` ends every latency."""

    def __init__(
        self,
        gateways: Gateways,
        faults: Faults,
        installation: Installation,
        stopped: Event,
    ) -> None:
        self.gateways = gateways
        self.faults = faults
        self.installation = installation
        self.stopped = stopped

    def of(self, run: RunRecord) -> Gateways:
        """Return the gateways of a run, which notes in its record what goes out and comes of it."""
        return WatchedGateways(self, run)


class WatchedGateways:
    """The gateways of one run, watched."""

    __slots__ = ("_jira", "_run", "_ways")

    def __init__(self, ways: Ways, run: RunRecord) -> None:
        self._ways = ways
        self._run = run
        self._jira: JiraGateway | None = None  # each run has one of its own

    @property
    def elasticsearch(self) -> WatchedGateways:
        """The way to Elasticsearch."""
        return self

    @property
    def jira(self) -> WatchedGateways:
        """The way to Jira."""
        return self

    def bulk(
        self, index: str, documents: list[dict[str, Json]], *, refresh: bool, user: Identity | None
    ) -> Answer:
        """Create documents, as `ElasticsearchGateway` says."""
        gateway: ElasticsearchGateway = self._ways.gateways.elasticsearch
        path = f"/{index}/_bulk?refresh={'true' if refresh else 'false'}"
        answer = self._send(
            "elasticsearch",
            "POST",
            path,
            path,
            documents,
            lambda: gateway.bulk(index, documents, refresh=refresh, user=user),
        )
        self._run.made.extend(_documents(answer))
        return answer

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Send a request to Jira, as `JiraGateway` says."""
        gateway = self._jira
        if gateway is None:
            gateway = self._jira = self._ways.gateways.jira
        answer = self._send(
            "jira",
            method,
            path,
            access.url + path,
            body,
            lambda: gateway.request(access, method, path, body),
        )
        if method == "POST" and answer.status == 201:
            self._run.made.extend(_issue_or_comment(access, path, answer.body))
        return answer

    def _send(
        self,
        backend: str,
        method: str,
        path: str,
        url: str,
        body: Json,
        send: Callable[[], Answer],
    ) -> Answer:
        outbound = Outbound(backend, method, url, body)
        self._run.outbound.append(outbound)
        try:
            answer = self._bent(outbound, path) if self._ways.faults.active else None
            if answer is None:
                answer = send()
        except Unreachable as error:
            outbound.error = str(error)
            raise
        outbound.status, outbound.response = answer.status, answer.body
        return answer

    def _bent(self, outbound: Outbound, path: str) -> Answer | None:
        """Do what a rule asks for: wait, answer, or fail as the wire would. None: go on."""
        from mockkibana.faults import OutboundFacts

        ways = self._ways
        effect = ways.faults.on_outbound(
            OutboundFacts(
                method=outbound.method,
                path=path,
                space=self._run.space,
                connector_id=self._run.connector_id,
                connector_type_id=self._run.connector_type_id,
                body=outbound.body,
                backend=outbound.backend,
            )
        )
        if effect is None:
            return None
        outbound.fault = effect.rule_id
        if effect.delay:
            ways.stopped.wait(effect.delay)
        if effect.breaks:
            from mockkibana.faults.texts import backend_text

            raise Unreachable(
                backend_text(effect, outbound.backend, outbound.url, ways.installation.settings)
            )
        return effect.answer


def _documents(answer: Answer) -> list[Made]:
    body: Any = answer.body
    if isinstance(body, BulkCreated):
        return []  # the journal reads them from the answer, which it keeps
    items = body.get("items", ()) if isinstance(body, dict) else ()
    results = [result for item in items for result in item.values()]
    return [
        Made("document", result["_index"], result["_id"], None)
        for result in results
        if result.get("status") == 201
    ]


def _issue_or_comment(access: JiraAccess, path: str, body: Json) -> list[Made]:
    if not isinstance(body, dict) or "id" not in body:
        return []
    if path.endswith("/comment"):
        return [Made("comment", access.project_key, str(body["id"]), None)]
    return [Made("issue", access.project_key, str(body["id"]), body.get("key"))]
