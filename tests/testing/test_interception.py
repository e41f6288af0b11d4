"""`intercept`: what `requests` sends to a Kibana is answered without a socket."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import elasticsearch
import elasticsearch7
import elasticsearch8
import pytest
import requests
import responses
from atlassian import Jira as AtlassianJira
from jira import JIRA
from requests.adapters import HTTPAdapter
from requests.exceptions import ChunkedEncodingError, ReadTimeout
from requests.exceptions import ConnectionError as NoConnection

from mockkibana.settings import Settings
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.interception import intercept

KIBANA = "http://kibana.test:5601"
ELASTICSEARCH = "http://elasticsearch.test:9200"
JIRA_URL = "https://jira.example.com"
HEADERS = {"kbn-xsrf": "true"}
SEED = {
    "version": 1,
    "connectors": [
        {"id": "my-index", "connector_type_id": ".index", "config": {"index": "test-index"}},
        {"id": "my-log", "connector_type_id": ".server-log"},
    ],
}


def run_index(url: str = KIBANA, **options: Any) -> requests.Response:
    return requests.post(
        f"{url}/api/actions/connector/my-index/_execute",
        json={"params": {"documents": [{"a": 1}]}},
        headers=HEADERS,
        **options,
    )


@pytest.fixture
def kibana() -> Iterator[MockKibana]:
    """A Kibana at kibana.test, with an Elasticsearch and a Jira at names of their own."""
    with intercept(KIBANA, elasticsearch=ELASTICSEARCH, jira=JIRA_URL, seed=SEED) as handle:
        yield handle
        assert handle.bugs == []


def test_a_request_is_answered_and_leaves_its_traces(kibana: MockKibana) -> None:
    answer = run_index()
    assert answer.status_code == 200
    assert answer.reason == "OK"
    assert answer.headers["kbn-name"] == "kibana"
    assert answer.json()["status"] == "ok"
    assert kibana.elasticsearch.documents("test-index") == [{"a": 1}]
    kibana.journal.assert_called_once(connector="my-index", status="ok")


def test_the_handle_has_the_urls_that_are_intercepted(kibana: MockKibana) -> None:
    assert kibana.url == KIBANA
    assert kibana.elasticsearch.url == ELASTICSEARCH
    assert kibana.jira.url == JIRA_URL


@pytest.mark.parametrize("base", [KIBANA, f"{KIBANA}/"], ids=["bare", "with a slash"])
def test_backends_are_below_kibana_unless_they_have_urls(base: str) -> None:
    with intercept(base, seed=SEED) as kibana:
        assert kibana.elasticsearch.url == f"{KIBANA}/_mock/elasticsearch"
        assert requests.get(kibana.elasticsearch.url).json()["tagline"]
        assert requests.get(f"{kibana.jira.url}/rest/api/2/serverInfo").json()["serverTitle"]
        assert requests.get(KIBANA, allow_redirects=False).status_code == 302


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://kibana.test", "http://kibana.test:80"),
        ("http://kibana.test:80", "http://kibana.test"),
        ("https://kibana.test", "https://kibana.test:443"),
        ("https://kibana.test/behind/a/proxy", "https://kibana.test/behind/a/proxy"),
        ("http://Kibana.test", "http://kibana.test"),
    ],
)
def test_the_ways_to_write_a_url_are_one(base: str, url: str) -> None:
    with intercept(base, seed=SEED):
        assert run_index(url).json()["status"] == "ok"


def test_a_path_is_compared_by_segments() -> None:
    with intercept("http://kibana.test/kibana"), pytest.raises(NoConnection, match="refuses"):
        requests.get("http://kibana.test/kibanas")


def test_what_is_no_url_cannot_be_intercepted() -> None:
    with pytest.raises(ValueError, match="expected a URL"), intercept("kibana.test"):
        pass


@pytest.mark.parametrize(
    "data",
    [b'{"params": {"message": "hi"}}', '{"params": {"message": "hi"}}', None],
    ids=["bytes", "text", "in pieces"],
)
def test_a_body_is_sent_as_it_is(kibana: MockKibana, data: bytes | str | None) -> None:
    answer = requests.post(
        f"{KIBANA}/api/actions/connector/my-log/_execute",
        data=iter([b'{"params": ', b'{"message": "hi"}}']) if data is None else data,
        headers={**HEADERS, "content-type": "application/json"},
    )
    assert answer.json()["status"] == "ok"
    assert kibana.log.messages == ["Server log: hi"]


def test_a_path_with_escapes_arrives_as_it_was_sent(kibana: MockKibana) -> None:
    answer = requests.get(f"{KIBANA}/api/actions/connector/caf%C3%A9%2Fx?a=b%20c")
    assert answer.json()["message"] == "Saved object [action/café/x] not found"


def test_a_streamed_answer_is_read_in_pieces(kibana: MockKibana) -> None:
    url = f"{KIBANA}/api/spaces/space"
    answer = requests.get(url, stream=True)
    assert b"".join(answer.iter_content(10)) == requests.get(url).content


@pytest.mark.parametrize(
    "client",
    [
        lambda: elasticsearch7.Elasticsearch(
            [ELASTICSEARCH], connection_class=elasticsearch7.RequestsHttpConnection
        ),
        lambda: elasticsearch8.Elasticsearch(ELASTICSEARCH, node_class="requests"),
        lambda: elasticsearch.Elasticsearch(ELASTICSEARCH, node_class="requests"),
    ],
    ids=["elasticsearch 7", "elasticsearch 8", "elasticsearch 9"],
)
def test_elasticsearch_clients_are_caught(kibana: MockKibana, client: Any) -> None:
    run_index()
    found = client().search(index="test-index", query={"match": {"a": 1}})
    assert found["hits"]["hits"][0]["_source"] == {"a": 1}


def test_jira_clients_are_caught(kibana: MockKibana) -> None:
    jira = JIRA(JIRA_URL, basic_auth=("elastic@example.com", "changeme"))
    jira._session.post(f"{JIRA_URL}/rest/api/2/project", json={"key": "OPS", "name": "Ops"})
    issue = jira.create_issue(project="OPS", summary="Disk full", issuetype={"name": "Task"})
    issue.update(summary="Disk fuller")
    other = AtlassianJira(url=JIRA_URL, username="elastic@example.com", password="changeme")
    assert other.issue(issue.key)["fields"]["summary"] == "Disk fuller"
    assert kibana.jira.issues("OPS")[0]["fields"]["summary"] == "Disk fuller"


def test_other_hosts_are_refused_with_advice() -> None:
    with intercept(KIBANA), pytest.raises(NoConnection) as refused:
        requests.get("https://other.example.com/a")
    text = str(refused.value)
    assert "GET https://other.example.com/a was not sent" in text
    assert 'allow=("other.example.com",)' in text
    assert refused.value.request is not None


@pytest.mark.parametrize("how", ["name", "name and port", "url", "one text"])
def test_allowed_hosts_are_reached(how: str) -> None:
    with MockKibana() as real:
        host = real.url.removeprefix("http://")
        allow = {
            "name": ["127.0.0.1"],
            "name and port": [host],
            "url": [f"{real.url}/api"],
            "one text": host,
        }[how]
        with intercept(KIBANA, allow=allow) as kibana:
            kibana.configure(kibana_version="8.18.1")
            numbers = [
                requests.get(f"{url}/api/status").json()["version"]["number"]
                for url in (real.url, KIBANA)
            ]
    assert numbers == [Settings().kibana_version, "8.18.1"]


def test_a_mock_of_responses_decides_about_the_other_hosts() -> None:
    with responses.RequestsMock() as mock:
        mock.get("https://other.example.com/", json={"is": "other"})
        with intercept(KIBANA, seed=SEED, responses_mock=mock):
            assert requests.get("https://other.example.com/").json() == {"is": "other"}
            assert run_index().json()["status"] == "ok"
            with pytest.raises(NoConnection, match="Connection refused by Responses"):
                requests.get("https://third.example.com/")
        with pytest.raises(NoConnection, match="Connection refused by Responses"):
            run_index()


@responses.activate
def test_it_works_where_responses_is_active() -> None:
    responses.get("https://other.example.com/", json={"is": "other"})
    with intercept(KIBANA, seed=SEED, responses_mock=responses.mock):
        assert requests.get("https://other.example.com/").json() == {"is": "other"}
        assert run_index().json()["status"] == "ok"
    assert len(responses.calls) == 2


def test_a_kibana_that_nobody_asks_is_no_mistake() -> None:
    with responses.RequestsMock(assert_all_requests_are_fired=True) as mock:
        block = intercept(KIBANA, responses_mock=mock)
        block.__enter__()
        mock.stop()
        block.__exit__(None, None, None)


@intercept(KIBANA, seed=SEED)
def test_a_function_is_decorated(mock_kibana: MockKibana, tmp_path: Any) -> None:
    assert tmp_path.is_dir()
    assert run_index().json()["status"] == "ok"
    assert mock_kibana.elasticsearch.documents("test-index") == [{"a": 1}]


def test_each_call_of_a_decorated_function_has_a_world_of_its_own() -> None:
    @intercept(KIBANA, seed=SEED)
    def count(mock_kibana: MockKibana) -> int:
        run_index()
        return len(mock_kibana.elasticsearch.documents("test-index"))

    assert [count(), count()] == [1, 1]
    assert list(inspect.signature(count).parameters) == []


def test_an_intercepted_kibana_may_be_secured() -> None:
    with intercept(KIBANA, settings={"security": True}):
        assert requests.get(f"{KIBANA}/api/actions/connectors").status_code == 401


def test_a_coroutine_is_decorated() -> None:
    @intercept(KIBANA, seed=SEED)
    async def status(path: str) -> int:
        await asyncio.sleep(0)
        return requests.get(KIBANA + path).status_code

    assert asyncio.run(status("/api/status")) == 200


def test_what_is_no_function_is_not_decorated() -> None:
    with pytest.raises(TypeError, match="context manager"):

        @intercept(KIBANA)
        class Tests:
            pass


def test_a_world_with_a_server_is_intercepted_too() -> None:
    with MockKibana(seed=SEED) as handle:
        with intercept(KIBANA, handle=handle) as kibana:
            run_index()
            assert kibana.url == KIBANA
        assert handle.elasticsearch.documents("test-index") == [{"a": 1}]
        assert run_index(handle.url).status_code == 200


def test_outside_of_the_block_nothing_is_intercepted() -> None:
    with intercept("http://kibana.invalid"):
        assert requests.get("http://kibana.invalid/api/status").ok
    with pytest.raises(NoConnection):
        requests.get("http://kibana.invalid/api/status")


def version_of(kibana: str) -> str:
    number: str = requests.get(f"{kibana}/api/status").json()["version"]["number"]
    return number


def test_overlapping_threads_see_their_own_interceptions() -> None:
    before, default = HTTPAdapter.send, Settings().kibana_version
    both = Barrier(2, timeout=10)

    def look(number: int) -> tuple[str, str]:
        host = f"http://host-{number}.test"
        with intercept(KIBANA, settings={"kibana_version": f"8.19.{number}"}):
            both.wait()
            with intercept(host):
                seen = version_of(KIBANA), version_of(host)
                both.wait()
        both.wait()
        return seen

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(look, [1, 2])) == [("8.19.1", default), ("8.19.2", default)]
    assert HTTPAdapter.send is before


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (1, 3, 2)], ids=str)
def test_overlapping_tasks_see_their_own_interceptions(order: tuple[int, ...]) -> None:
    before = HTTPAdapter.send

    @intercept(KIBANA)
    async def look(number: int, mock_kibana: MockKibana) -> str:
        mock_kibana.configure(kibana_version=f"8.19.{number}")
        await asyncio.sleep(0.01 * number)
        return version_of(KIBANA)

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*map(look, order))

    assert asyncio.run(all_of_them()) == [f"8.19.{number}" for number in order]
    assert HTTPAdapter.send is before


def test_what_ended_elsewhere_leaves_the_others_and_then_requests_as_it_was() -> None:
    before = HTTPAdapter.send
    first, second = intercept(KIBANA), intercept("http://second.test")
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert version_of("http://second.test")
    with pytest.raises(NoConnection, match="refuses all other hosts"):
        requests.get(KIBANA)
    second.__exit__(None, None, None)
    assert HTTPAdapter.send is before


def test_one_interception_is_entered_by_two_threads() -> None:
    shared = intercept(KIBANA)
    both = Barrier(2, timeout=10)

    def look(number: int) -> str:
        with shared as kibana:
            kibana.configure(kibana_version=f"8.19.{number}")
            both.wait()
            if number == 2:  # the first that began is the first to end
                both.wait()
            seen = version_of(KIBANA)
        if number == 1:
            both.wait()
        return seen

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(look, [1, 2])) == ["8.19.1", "8.19.2"]


def test_nested_interceptions_answer_by_the_innermost_that_has_the_url() -> None:
    with intercept(KIBANA, settings={"kibana_version": "8.19.1"}), intercept("http://b.test"):
        with intercept(KIBANA, settings={"kibana_version": "8.19.2"}):
            assert version_of(KIBANA) == "8.19.2"
            assert version_of("http://b.test") == Settings().kibana_version
        assert version_of(KIBANA) == "8.19.1"


def test_what_one_interception_allows_the_others_around_it_do_not_refuse() -> None:
    with MockKibana() as real, intercept(KIBANA, allow=["127.0.0.1"]), intercept("http://b.test"):
        assert version_of(real.url)
        with pytest.raises(NoConnection, match=r"kibana\.test.* refuses"):
            requests.get("http://other.test")


def test_no_thread_reaches_the_network_while_another_intercepts() -> None:
    def reach(url: str) -> str:
        try:
            return version_of(url)
        except NoConnection as error:
            return str(error)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()  # a thread that was there before
        with intercept(KIBANA):
            assert pool.submit(reach, KIBANA).result() == Settings().kibana_version
            assert "was not sent" in pool.submit(reach, "http://127.0.0.1:1").result()


def test_interceptions_that_share_a_mock_of_responses_are_told_apart() -> None:
    mock = responses.RequestsMock()
    with mock, intercept(KIBANA, settings={"kibana_version": "8.19.1"}, responses_mock=mock):
        with intercept(KIBANA, settings={"kibana_version": "8.19.2"}, responses_mock=mock):
            assert [version_of(KIBANA), version_of(KIBANA)] == ["8.19.2", "8.19.2"]
        assert version_of(KIBANA) == "8.19.1"


def test_an_interception_works_within_a_mock_of_responses_within_an_interception() -> None:
    before = HTTPAdapter.send
    with intercept("http://a.test"):
        with responses.RequestsMock(), intercept("http://b.test"):
            assert version_of("http://b.test")
        assert version_of("http://a.test")
    assert HTTPAdapter.send is before


@pytest.mark.parametrize(
    ("what", "error", "text"),
    [
        ({"wire": "reset"}, NoConnection, "ConnectionResetError(104"),
        ({"wire": "empty"}, NoConnection, "RemoteDisconnected("),
        ({"wire": "garbage"}, NoConnection, "BadStatusLine("),
        ({"wire": "partial"}, ChunkedEncodingError, "IncompleteRead("),
        ({"wire": "hold"}, ReadTimeout, "Read timed out. (read timeout=0.2)"),
    ],
    ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
)
@pytest.mark.parametrize("where", ["intercepted", "over a socket"])
def test_a_wire_fault_is_the_same_exception_in_both(
    where: str, what: dict[str, str], error: type[Exception], text: str
) -> None:
    with MockKibana(seed=SEED) as handle, intercept(KIBANA, handle=handle, allow=["127.0.0.1"]):
        handle.faults.add(what=what, when={"first": 1})
        url = KIBANA if where == "intercepted" else handle.url
        with pytest.raises(error) as raised:
            run_index(url, timeout=0.2 if what == {"wire": "hold"} else 10)
        assert type(raised.value) is error
        assert text in str(raised.value)
        assert run_index(url).json()["status"] == "ok"


def test_a_caller_is_not_more_patient_than_its_time_out(kibana: MockKibana) -> None:
    kibana.faults.add(what={"latency": "60ms"})
    with pytest.raises(ReadTimeout):
        run_index(timeout=(1, 0.05))
    assert run_index(timeout=None).json()["status"] == "ok"


def test_the_control_plane_is_there_under_an_intercepted_name(kibana: MockKibana) -> None:
    answer = requests.get(f"{KIBANA}/_mock/api/state")
    assert answer.json()["connectors"] == 2
