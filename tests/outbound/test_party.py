"""What Kibana says of a party from which no answer comes."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.party import ElasticsearchParty
from mockkibana.faults import Effect
from mockkibana.http.breakages import Empty, Garbage, Hold, Partial, Reset
from mockkibana.outbound.party import Party, Sink
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

JIRA = "https://jira.example.com/rest/api/2/issue"
IDS = ("r",)
STORE = Store()
PARTIES = {
    "jira": Sink("jira"),
    "elasticsearch": ElasticsearchParty(Cluster(STORE, Installation()), STORE),
}

TEXTS = [
    (Effect(IDS, wire=Reset()), "read ECONNRESET"),
    (Effect(IDS, wire=Empty()), "socket hang up"),
    (Effect(IDS, wire=Garbage()), "Parse Error: Expected HTTP/, RTSP/ or ICE/"),
    (Effect(IDS, wire=Partial("", (), b"", 0)), "aborted"),
]


@pytest.mark.parametrize("party", PARTIES.values(), ids=PARTIES)
@pytest.mark.parametrize(("effect", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_a_wire_fault_has_the_text_of_node(party: Party, effect: Effect, text: str) -> None:
    assert str(party.unreachable(effect, JIRA, Settings())) == text


@pytest.mark.parametrize("effect", [Effect(IDS, timeout=True), Effect(IDS, wire=Hold())], ids=str)
@pytest.mark.parametrize(
    ("backend", "seconds", "text"),
    [
        ("jira", 60.0, "timeout of 60000ms exceeded"),
        ("jira", 2.5, "timeout of 2500ms exceeded"),
        ("elasticsearch", 60.0, "Request timed out"),
    ],
)
def test_each_client_words_its_time_out(
    effect: Effect, backend: str, seconds: float, text: str
) -> None:
    settings = Settings(response_timeout=seconds)
    assert str(PARTIES[backend].unreachable(effect, JIRA, settings)) == text


@pytest.mark.parametrize(
    ("backend", "url", "address"),
    [
        ("jira", JIRA, "jira.example.com:443"),
        ("jira", "http://jira.example.com/x", "jira.example.com:80"),
        ("jira", "http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("jira", "http://jira.example.com:none", "jira.example.com:80"),
        ("elasticsearch", "/logs/_bulk?refresh=false", "127.0.0.1:9200"),
        ("elasticsearch", "http://es.example.com:9201/logs/_bulk", "es.example.com:9201"),
    ],
)
def test_a_refused_connection_names_host_and_port(backend: str, url: str, address: str) -> None:
    failure = PARTIES[backend].unreachable(Effect(IDS, refused=True), url, Settings())
    assert (str(failure), failure.code) == (f"connect ECONNREFUSED {address}", "ECONNREFUSED")
