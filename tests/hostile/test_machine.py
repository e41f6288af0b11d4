"""After any sequence of requests each answer is its face's, and a refusal changes nothing."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule
from surface import CONNECTORS, ELASTICSEARCH, JIRA, Hostile, InProcess, Route, routes, seeds

from mockkibana.app import create_app
from mockkibana.world import World

# What some route looks at, so that a good part of the bodies gets past the first check.
KEYS = [
    *"""name connector_type_id config secrets params documents message level indexOverride index
    refresh apiUrl projectKey email apiToken subAction subActionParams incident comments summary
    description issueType labels parent otherFields externalId comment commentId title id query bool
    must match term range field sort size from _source aggs doc upsert script mappings properties
    type settings aliases fields project issuetype key update transition body jql startAt maxResults
    issueUpdates inwardIssue outwardIssue color initials disabledFeatures __proto__ a.b 0 _id
    version docs ids actions add remove set face match answer times""".split(),  # noqa: SIM905
    "",
]
WORDS = [
    *""".index .jira .server-log .nope info true {} [] [{}] {"a":1} t alias HX HX-1 HX-2 Task
    10000 31 High pushToService getIncident handshake issueTypes fieldsByIssueType issues issue
    getFields kibana-alert-history-x {url} keyword long date text nested object query match_all
    project=HX -1 * _all %00 http://jira.example.com""".split(),  # noqa: SIM905
    "", " ", "\ud800", "\0", "é", "a" * 300, "project = HX ORDER BY created",
]  # fmt: skip
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=6)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=12,
)
objects = st.dictionaries(st.sampled_from(KEYS), values, min_size=1, max_size=5)
bodies = st.one_of(
    (objects | values).map(lambda value: json.dumps(value).encode()),
    st.lists(objects, max_size=4).map(
        lambda lines: b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    ),
    st.binary(max_size=40),
    st.just(b""),
)
queries = st.dictionaries(
    st.sampled_from([*KEYS, "refresh", "pretty", "expand", "feature_id", "routing", "op_type"]),
    st.sampled_from(WORDS) | st.text(max_size=6),
    max_size=2,
).map(
    lambda pairs: "&".join(
        f"{quote(k.encode('utf-8', 'replace'))}={quote(v.encode('utf-8', 'replace'))}"
        for k, v in pairs.items()
    )
)
header_values = st.sampled_from(
    ["", "x", "*/*", "application/json", "application/x-ndjson", "text/plain", "gzip", "identity",
     "application/vnd.elasticsearch+json; compatible-with=8", "application/x-www-form-urlencoded",
     "Basic eDp5", "Basic !", "Bearer x", "8.19.0", ";", "multipart/form-data; boundary=b", "\xff"]
)  # fmt: skip
headers = st.dictionaries(
    st.sampled_from(
        ["kbn-version", "content-type", "content-encoding", "accept", "authorization", "origin",
         "x-elastic-internal-origin", "es-security-runas-user", "x-forwarded-host", "if-match",
         "x-http-method-override", "range", "cookie", "x-opaque-id", "x-atlassian-token"]
    ),
    header_values,
    max_size=3,
)  # fmt: skip
places = st.one_of(
    st.sampled_from(["t", "alias", "none", "HX", "HX-1", "1", "2", "3", "latest", "other", "%00"]),
    st.sampled_from([*CONNECTORS.values()]),
    st.text(min_size=1, max_size=6).map(
        lambda text: quote(text.encode("utf-8", "replace"), safe="")
    ),
    st.text(st.characters(codec="ascii", exclude_characters="?#"), max_size=6),
)
methods = st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "BREW"])
ADMIN = {"kbn-xsrf": "x", "content-type": "application/json"}


def _routes() -> list[Route]:
    world = World(seeds=seeds())
    try:
        return routes(world)
    finally:
        world.close()


class Anything(RuleBasedStateMachine):
    """A world under requests: `made` are the names of what was made, for later requests."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.world = World(seeds=seeds())
        self.hostile = Hostile(self.world, InProcess(create_app(self.world)))

    def teardown(self) -> None:
        try:
            self.hostile.check_snapshot()
        finally:
            self.world.close()

    def good(self, method: str, target: str, body: Any) -> Any:
        seen = self.hostile.ask(method, target, ADMIN, json.dumps(body).encode())
        assert seen.status in (200, 201), (target, body, seen)
        return json.loads(seen.body)

    @rule(target=made, index=st.sampled_from(["made", "t", "alias", "A B", ".x"]))
    def make_an_index_connector(self, index: str) -> Any:
        body = {"name": "n", "connector_type_id": ".index", "config": {"index": index}}
        return self.good("POST", "/api/actions/connector", body)["id"]

    @rule(target=made)
    def make_a_jira_connector(self) -> Any:
        config = {"apiUrl": f"http://jira.example.com{JIRA}", "projectKey": "HX"}
        body = {
            "name": "n",
            "connector_type_id": ".jira",
            "config": config,
            "secrets": {"email": "a@example.com", "apiToken": "x"},
        }
        return self.good("POST", "/api/actions/connector", body)["id"]

    @rule(target=made)
    def make_an_issue(self) -> Any:
        fields = {"project": {"key": "HX"}, "summary": "s", "issuetype": {"name": "Task"}}
        # Whoever has deleted the project meanwhile gets a refusal, which is checked like any.
        seen = self.hostile.ask(
            "POST", f"{JIRA}/rest/api/2/issue", ADMIN, json.dumps({"fields": fields}).encode()
        )
        return json.loads(seen.body)["key"] if seen.status == 201 else multiple()

    @rule(name=places, source=objects)
    def make_a_document(self, name: str, source: Any) -> None:
        target = f"{ELASTICSEARCH}/made/_doc/{name}"
        self.hostile.ask("PUT", target, ADMIN, json.dumps(source).encode())

    @rule(
        name=made, params=objects | st.sampled_from([{"message": "m"}, {"documents": [{"a": 1}]}])
    )
    def run_a_connector(self, name: str, params: Any) -> None:
        body = json.dumps({"params": params}).encode()
        self.hostile.ask("POST", f"/api/actions/connector/{name}/_execute", ADMIN, body)

    @rule(name=made, incident=objects, comments=st.lists(objects, max_size=2) | st.none())
    def push_an_incident(self, name: str, incident: Any, comments: Any) -> None:
        push = {"incident": {"summary": "s", **incident}, "comments": comments}
        params = {"subAction": "pushToService", "subActionParams": push}
        self.run_a_connector(name, params)

    @rule(route=st.sampled_from(_routes()), name=places | made, query=queries, body=bodies)
    def ask_a_route(self, route: Route, name: str, query: str, body: bytes) -> None:
        for target in (route.path(), route.path(any=name)):
            self.hostile.ask(route.method, f"{target}?{query}", ADMIN, body)

    @rule(
        route=st.sampled_from(_routes()),
        method=methods,
        name=places,
        tail=st.sampled_from(["", "/", "//", "/x", "/%2F", "?", "/.."]),
        headers=headers,
        body=bodies,
    )
    def ask_anything(
        self, route: Route, method: str, name: str, tail: str, headers: Any, body: bytes
    ) -> None:
        self.hostile.ask(method, route.path(id=name, index=name) + tail, headers, body)

    @rule(path=st.text(st.characters(codec="ascii"), max_size=20), method=methods, body=bodies)
    def ask_anywhere(self, path: str, method: str, body: bytes) -> None:
        self.hostile.ask(method, f"/{path}", ADMIN, body)

    @rule()
    def start_again(self) -> None:
        self.hostile.reset()


TestAnything = Anything.TestCase
TestAnything.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
