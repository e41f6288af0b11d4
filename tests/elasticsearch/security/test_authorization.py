"""What users may do in a cluster with security, and in which words the rest is denied."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from document_writes import delete_document, index_document
from face_requests import request_of

from mockkibana.clock import Clock
from mockkibana.elasticsearch.cluster.cluster import Cluster
from mockkibana.elasticsearch.face import routes
from mockkibana.elasticsearch.face.face import ElasticsearchFace
from mockkibana.elasticsearch.face.rest_route import RestRoute
from mockkibana.elasticsearch.party import ElasticsearchParty
from mockkibana.http.messages import Answer, Request
from mockkibana.journal import BulkCreated, RunRecord
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box
from mockkibana.security.identity import Identity
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

JSON = "application/json"
Groups = dict[str, str]  # privileges, joined by blanks, by names, joined by commas


@dataclass
class Node:
    """A cluster and its face; requests are of the user `u`, who has the role `r`."""

    cluster: Cluster
    face: ElasticsearchFace
    store: Store
    token: str = ""

    def grant(self, groups: Groups, *, cluster: Sequence[str] = ()) -> Identity:
        """Give the role its rights, and return who has it."""
        indices = [
            {"names": names.split(","), "privileges": privileges.split()}
            for names, privileges in groups.items()
        ]
        security = self.cluster.security
        security.roles.put("r", {"cluster": [*cluster], "indices": indices})
        with self.store.transaction() as transaction:
            security.users.restore(transaction, "u", {"roles": ["r"]})
        self.token, _ = security.tokens.create("u", client="u", with_refresh=False)
        return security.authentication.of(f"Bearer {self.token}")

    def ask(self, line: str, body: Any = b"", **more: Any) -> Answer:
        """Ask `METHOD /path?query` with a body of bytes or of JSON."""
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return self.face.handle(request_of(line, body, headers, **more))

    def bulk(self, *lines: dict[str, Any], index: str | None = None) -> Answer:
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return self.ask(f"POST /{index}/_bulk" if index else "POST /_bulk", text.encode())


@pytest.fixture
def node(store: Store, clock: Clock) -> Node:
    """A cluster with security, whose index `logs` has a document and the alias `all-logs`."""
    settings = Settings(security=True)
    cluster = Cluster(store, Installation(settings, clock))
    cluster.create_index("logs", aliases={"all-logs": {}})
    index_document(cluster, "logs", {"n": 1}, id="1")
    return Node(cluster, ElasticsearchFace(cluster), store)


def denial(action: str, privileges: str, *indices: str, kind: str = "index") -> str:
    where = f" on indices [{','.join(indices)}]" if indices else ""
    return (
        f"action [{action}] is unauthorized for user [u] with effective roles [r]{where}, "
        f"this action is granted by the {kind} privileges [{privileges}]"
    )


def body_of(reason: str) -> dict[str, Any]:
    error = {"type": "security_exception", "reason": reason}
    return {"error": {"root_cause": [error], **error}, "status": 403}


def item(index: str, id_: str | None, reason: str) -> dict[str, Any]:
    error = {"type": "security_exception", "reason": reason}
    return {"_index": index, "_id": id_, "status": 403, "error": error}


PRIVILEGES = (
    *("none", "read", "create", "create_doc", "index", "write", "all", "create_index", "delete"),
    *("auto_configure", "monitor", "manage", "view_index_metadata", "maintenance", "delete_index"),
)

INDEXING = "create_doc,create,index,write,all"
BULK = "create_doc,create,delete,index,write,all"
METADATA = "manage,view_index_metadata,all"


@pytest.mark.parametrize(
    ("line", "body", "action", "privileges"),
    [
        ("GET /_search", b"", "indices:data/read/search", "read,all"),
        ("POST /l*/_count", {}, "indices:data/read/search", "read,all"),
        ("GET /logs/_doc/1", b"", "indices:data/read/get", "read,all"),
        ("GET /logs/_source/1", b"", "indices:data/read/get", "read,all"),
        ("POST /logs/_mget", {"ids": ["1"]}, "indices:data/read/mget", "read,all"),
        ("POST /logs/_update/1", {"doc": {}}, "indices:data/write/update", "index,write,all"),
        ("DELETE /logs/_doc/1", b"", "indices:data/write/delete", "delete,write,all"),
        ("PUT /logs-2", b"", "indices:admin/create", "create_index,manage,all"),
        ("DELETE /logs", b"", "indices:admin/delete", "delete_index,manage,all"),
        ("GET /logs", b"", "indices:admin/get", METADATA),
        ("HEAD /logs", b"", "indices:admin/get", METADATA),
        ("GET /logs/_mapping", b"", "indices:admin/mappings/get", METADATA),
        ("PUT /logs/_mapping", {}, "indices:admin/mapping/put", "manage,all"),
        ("POST /logs/_refresh", b"", "indices:admin/refresh", "maintenance,manage,all"),
    ],
    ids=lambda value: value if isinstance(value, str) and " " in value else "",
)
def test_each_action_is_granted_by_the_privileges_that_its_denial_names(
    node: Node, line: str, body: Any, action: str, privileges: str
) -> None:
    granted = []
    for privilege in PRIVILEGES:
        node.grant({"logs*": privilege})
        before = list(node.store.table("elasticsearch.indices").rows().values())
        answer = node.ask(line, body)
        if answer.status < 300:
            granted.append(privilege)
            index_document(node.cluster, "logs", {"n": 1}, id="1")
            if node.cluster.exists("logs-2"):
                node.cluster.delete_index("logs-2")
            continue
        assert answer.status == 403
        assert answer.body == body_of(denial(action, privileges))
        assert list(node.store.table("elasticsearch.indices").rows().values()) == before
    assert set(granted) == {*privileges.split(",")}


@pytest.mark.parametrize(
    ("line", "implied", "by_name", "privileges"),
    [
        ("PUT /logs/_doc/1", "op_type/index", INDEXING, "create,index,write,all"),
        ("PUT /logs/_doc/2?op_type=create", "op_type/create", INDEXING, INDEXING),
        ("PUT /logs/_create/2", "op_type/create", INDEXING, INDEXING),
        ("POST /logs/_doc", "op_type/create", INDEXING, INDEXING),
    ],
)
def test_a_document_is_written_by_a_privilege_for_its_operation(
    node: Node, line: str, implied: str, by_name: str, privileges: str
) -> None:
    granted = []
    for privilege in PRIVILEGES:
        node.grant({"logs": privilege})
        answer = node.ask(line, {})
        if answer.status < 300:
            granted.append(privilege)
            delete_document(node.cluster, "logs", "2")
        elif privilege in by_name.split(","):
            reason = denial(f"indices:data/write/index:{implied}", privileges, "logs")
            assert answer.body == body_of(reason)
        else:
            assert answer.body == body_of(denial("indices:data/write/index", by_name))
    assert set(granted) == {*privileges.split(",")}


@pytest.mark.parametrize(
    ("op", "implied", "privileges"),
    [
        ("create", "indices:data/write/index:op_type/create", INDEXING),
        ("index", "indices:data/write/index:op_type/index", "create,index,write,all"),
        ("update", "indices:data/write/update", "index,write,all"),
        ("delete", "indices:data/write/delete", "delete,write,all"),
    ],
)
def test_an_item_of_a_bulk_request_is_granted_by_its_operation(
    node: Node, op: str, implied: str, privileges: str
) -> None:
    granted = []
    sources: list[dict[str, Any]] = [] if op == "delete" else [{"doc": {}}]
    for privilege in PRIVILEGES:
        node.grant({"logs": privilege})
        answer = node.bulk({op: {"_id": "x"}}, *sources, index="logs")
        if privilege not in BULK.split(","):
            assert answer.body == body_of(denial("indices:data/write/bulk", BULK))
            continue
        [found] = [answer.body["items"][0][op]]
        if found["status"] == 403:
            assert found == item("logs", "x", denial(implied, privileges, "logs"))
        else:
            granted.append(privilege)
            delete_document(node.cluster, "logs", "x")
    assert set(granted) == {*privileges.split(",")}


@pytest.mark.parametrize("privilege", ["create_index", "auto_configure", "manage", "all"])
def test_a_missing_index_is_created_by_who_may_create_it(node: Node, privilege: str) -> None:
    node.grant({"new": f"create_doc {privilege}"})
    assert node.ask("POST /new/_doc", {}).status == 201
    assert node.cluster.exists("new")


@pytest.mark.parametrize("privilege", ["create_doc", "create", "index", "write", "monitor"])
def test_a_missing_index_is_not_created_by_who_may_only_write(node: Node, privilege: str) -> None:
    node.grant({"new": f"create_doc {privilege}"})
    reason = denial("indices:admin/auto_create", "auto_configure,create_index,manage,all", "new")
    answer = node.ask("POST /new/_doc", {})
    assert (answer.status, answer.body) == (403, body_of(reason))
    items = node.bulk({"create": {}}, {}, {"create": {"_id": "x"}}, {}, index="new").body["items"]
    assert [one["create"] for one in items] == [item("new", None, reason), item("new", "x", reason)]
    assert not node.cluster.exists("new")


def test_who_may_create_an_index_but_not_write_to_it_leaves_no_index_behind(node: Node) -> None:
    node.grant({"new": "create_index", "logs": "write"})
    answer = node.ask("POST /new/_doc", {})
    create = "indices:data/write/index:op_type/create"
    assert answer.body == body_of(denial(create, INDEXING, "new"))
    assert not node.cluster.exists("new")


def test_security_comes_before_what_is_wrong_with_the_name_of_an_index(node: Node) -> None:
    node.grant({"logs": "write"})
    [found] = node.bulk({"create": {}}, {}, index="BAD").body["items"]
    assert found["create"]["error"]["type"] == "security_exception"
    node.grant({"*": "all"})
    [found] = node.bulk({"create": {}}, {}, index="BAD").body["items"]
    assert found["create"]["error"]["type"] == "invalid_index_name_exception"


def test_a_bulk_request_answers_in_order_and_does_what_is_allowed(node: Node) -> None:
    node.cluster.create_index("other")
    node.grant({"logs": "create_doc", "other": "read"})
    answer = node.bulk(
        {"create": {"_index": "logs", "_id": "a"}},
        {"n": 1},
        {"index": {"_index": "logs", "_id": "b"}},
        {"n": 2},
        {"create": {"_index": "other", "_id": "c"}},
        {"n": 3},
        {"delete": {"_index": "logs", "_id": "1"}},
        {"create": {"_index": "new", "_id": "d"}},
        {"n": 4},
        {"create": {"_index": "logs", "_id": "e"}},
        {"n": 5},
    )
    assert answer.status == 200
    assert answer.body["errors"] is True
    index, create = (f"indices:data/write/index:op_type/{op}" for op in ("index", "create"))
    delete, auto = "indices:data/write/delete", "indices:admin/auto_create"
    first, *denied, last = answer.body["items"]
    assert [first["create"]["_seq_no"], last["create"]["_seq_no"]] == [1, 2]
    assert denied == [
        {"index": item("logs", "b", denial(index, "create,index,write,all", "logs"))},
        {"create": item("other", "c", denial(create, INDEXING, "other"))},
        {"delete": item("logs", "1", denial(delete, "delete,write,all", "logs"))},
        {"create": item("new", "d", denial(auto, "auto_configure,create_index,manage,all", "new"))},
    ]
    [logs] = node.cluster.resolve("logs")
    assert [id_ for id_, _ in node.cluster.documents(logs)] == ["1", "a", "e"]
    assert node.cluster.count(node.cluster.resolve("other")[0]) == 0
    assert not node.cluster.exists("new")


def test_a_denied_document_without_an_id_got_one_before_its_shard_was_asked(node: Node) -> None:
    node.cluster.create_index("other")
    node.grant({"other": "write"})
    [found] = node.bulk({"create": {}}, {}, index="logs").body["items"]
    assert len(found["create"]["_id"]) == 20


def test_a_delete_in_a_missing_index_needs_no_right_to_create_it(node: Node) -> None:
    node.grant({"logs": "write"})
    [found] = node.bulk({"delete": {"_id": "1"}}, index="new").body["items"]
    assert found["delete"]["error"]["type"] == "index_not_found_exception"


def test_an_update_is_denied_before_its_index_would_be_created(node: Node) -> None:
    node.grant({"logs": "write"})
    answer = node.ask("POST /new/_update/1", {"doc": {}})
    reason = denial("indices:data/write/update", "index,write,all", "new")
    assert answer.body == body_of(reason)


@pytest.mark.parametrize(
    ("groups", "expression", "found"),
    [
        ({"*": "read"}, "*", {"logs", "metrics"}),
        ({"*": "read"}, "", {"logs", "metrics"}),
        ({"logs": "read"}, "_all", {"logs"}),
        ({"logs": "read"}, "*", {"logs"}),
        ({"logs": "read"}, "", {"logs"}),
        ({"logs": "read"}, "m*", set()),
        ({"logs": "read"}, "*,-logs", set()),
        ({"*": "read"}, "*,-logs,-all*", {"metrics"}),
        ({"*": "read"}, "*,-l*,logs", {"metrics", "logs"}),
        ({"logs": "read", "metrics": "write"}, "*", {"logs"}),
        ({"met*": "read"}, "*", {"metrics"}),
        ({"m?trics": "read"}, "*", {"metrics"}),
        ({"/[k-m]e?.*/": "read"}, "*", {"logs", "metrics"}),
        ({"/~(logs|all-.*)/": "read"}, "*", {"metrics"}),
        ({"all-logs": "read"}, "*", {"logs"}),
        ({"all-logs": "read"}, "all-*", {"logs"}),
        ({"all-logs": "read"}, "l*", set()),
        ({"logs": "read"}, "all-*", set()),
        ({"all-logs": "read"}, "all-logs", {"logs"}),
        ({"logs,metrics": "read"}, "logs,metrics", {"logs", "metrics"}),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_a_search_finds_what_the_user_may_read(
    node: Node, groups: Groups, expression: str, found: set[str]
) -> None:
    index_document(node.cluster, "metrics", {"n": 1}, id="1")
    node.grant(groups)
    path = f"/{expression}" if expression else ""
    body = node.ask(f"GET {path}/_search").body
    assert {hit["_index"] for hit in body["hits"]["hits"]} == found
    assert body["_shards"]["total"] == len(found)
    assert node.ask(f"GET {path}/_count").body["count"] == len(found)


@pytest.mark.parametrize(
    ("expression", "denied"),
    [
        ("metrics", ["metrics"]),
        ("logs,metrics", ["metrics"]),
        ("l*,metrics", ["metrics"]),
        ("missing", ["missing"]),
        ("zz,missing,logs", ["missing", "zz"]),
        ("all-logs", ["all-logs"]),
        ("logs,all-logs", ["all-logs"]),
    ],
)
def test_names_that_the_user_may_not_read_are_refused_whether_they_exist_or_not(
    node: Node, expression: str, denied: list[str]
) -> None:
    node.cluster.create_index("metrics")
    node.grant({"logs": "read"})
    answer = node.ask(f"GET /{expression}/_search")
    reason = denial("indices:data/read/search", "read,all", *denied)
    assert (answer.status, answer.body) == (403, body_of(reason))


def test_a_search_tells_the_names_also_to_who_may_search_nowhere(node: Node) -> None:
    node.grant({"logs": "write"})
    for path in ("_search", "_count"):
        answer = node.ask(f"GET /zz,logs/{path}")
        reason = denial("indices:data/read/search", "read,all", "logs", "zz")
        assert answer.body == body_of(reason)
        answer = node.ask(f"GET /zz,logs/{path}?ignore_unavailable=true")
        assert answer.body == body_of(denial("indices:data/read/search", "read,all"))


@pytest.mark.parametrize("expression", ["metrics", "missing", "metrics,missing", "m*"])
def test_ignored_names_and_empty_wildcards_find_nothing(node: Node, expression: str) -> None:
    node.cluster.create_index("metrics")
    node.grant({"logs": "read"})
    answer = node.ask(f"GET /{expression}/_search?ignore_unavailable=true")
    assert answer.status == 200
    assert answer.body["_shards"]["total"] == 0
    assert answer.body["hits"] == {
        "total": {"value": 0, "relation": "eq"},
        "max_score": 0.0,
        "hits": [],
    }
    both = node.ask(f"GET /logs,{expression}/_search?ignore_unavailable=true")
    assert both.body["_shards"]["total"] == 1


@pytest.mark.parametrize("expression", ["m*", "*,-logs"])
def test_nothing_is_an_error_when_the_request_says_so(node: Node, expression: str) -> None:
    node.cluster.create_index("metrics")
    node.grant({"logs": "read"})
    answer = node.ask(f"GET /{expression}/_search?allow_no_indices=false")
    assert answer.status == 404
    assert answer.body["error"]["type"] == "index_not_found_exception"
    assert answer.body["error"]["reason"] == f"no such index [{expression}]"


def test_a_missing_index_is_missing_for_who_may_read_it(node: Node) -> None:
    node.grant({"*": "read"})
    assert node.ask("GET /missing/_search").status == 404
    assert node.ask("GET /missing/_doc/1").status == 404


def test_an_alias_with_a_filter_stays_one_for_who_may_use_the_alias_only(node: Node) -> None:
    index_document(node.cluster, "logs", {"n": 2}, id="2")
    term = {"term": {"n": 2}}
    node.cluster.update_aliases([{"add": {"index": "logs", "alias": "twos", "filter": term}}])
    node.grant({"twos": "read"})
    assert [hit["_id"] for hit in node.ask("GET /_search").body["hits"]["hits"]] == ["2"]
    node.grant({"twos,logs": "read"})
    assert node.ask("GET /_count").body["count"] == 2


def test_hidden_indices_stay_hidden(node: Node) -> None:
    node.cluster.create_index("secret", settings={"hidden": True})
    node.grant({"*": "read"})
    assert node.ask("GET /_search").body["_shards"]["total"] == 1
    assert node.ask("GET /_search?expand_wildcards=all").body["_shards"]["total"] == 2


@pytest.mark.parametrize(
    ("groups", "write", "read"),
    [
        ({"all-logs": "write read"}, 201, 200),
        ({"logs": "write read"}, 403, 403),
        ({"logs,all-logs": "write read"}, 201, 200),
    ],
    ids=["alias", "index", "both"],
)
def test_an_alias_takes_a_right_on_its_own_name(
    node: Node, groups: Groups, write: int, read: int
) -> None:
    node.grant(groups)
    written = node.ask("PUT /all-logs/_doc/2", {})
    [found] = node.bulk({"create": {"_id": "3"}}, {}, index="all-logs").body["items"]
    assert (written.status, found["create"]["status"]) == (write, write)
    assert node.ask("GET /all-logs/_doc/1").status == read
    assert node.ask("GET /all-logs/_search").status == read
    if write == 403:
        action = "indices:data/write/index:op_type/create"
        reason = denial(action, INDEXING, "all-logs")
        assert found["create"] == item("all-logs", "3", reason)
    else:
        assert found["create"]["_index"] == "logs"


def test_many_documents_are_got_each_on_its_own(node: Node) -> None:
    index_document(node.cluster, "metrics", {"n": 1}, id="1")
    node.grant({"logs": "read"})
    places = [{"_index": name, "_id": "1"} for name in ("metrics", "logs", "missing")]
    denied, got, missing = node.ask("POST /_mget", {"docs": places}).body["docs"]
    error = body_of(denial("indices:data/read/mget[shard]", "read,all", "metrics"))["error"]
    assert denied == {"_index": "metrics", "_id": "1", "error": error}
    assert got["found"] is True
    # A shard that is not there is not asked.
    assert missing["error"]["type"] == "index_not_found_exception"


def test_aliases_of_a_new_index_need_a_right_of_their_own(node: Node) -> None:
    node.grant({"new": "create_index"})
    answer = node.ask("PUT /new", {"aliases": {"a": {}}})
    assert answer.body == body_of(denial("indices:admin/aliases", "manage,all", "a", "new"))
    assert not node.cluster.exists("new")
    node.grant({"new,a": "manage"})
    assert node.ask("PUT /new", {"aliases": {"a": {}}}).status == 200


def test_deletion_by_wildcard_is_refused_before_anybody_is_asked_for_rights(node: Node) -> None:
    node.grant({"logs": "delete_index"})
    answer = node.ask("DELETE /l*")
    assert answer.body["error"]["type"] == "illegal_argument_exception"
    assert node.ask("DELETE /other").body == body_of(
        denial("indices:admin/delete", "delete_index,manage,all", "other")
    )
    assert node.ask("DELETE /other?ignore_unavailable=true").body == {"acknowledged": True}
    assert node.cluster.exists("logs")
    assert node.ask("DELETE /logs").body == {"acknowledged": True}


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("GET /", "cluster:monitor/main"),
        ("GET /_cluster/health", "cluster:monitor/health"),
        ("GET /_cluster/health/logs", "cluster:monitor/health"),
    ],
)
def test_the_cluster_takes_privileges_on_the_cluster(node: Node, line: str, action: str) -> None:
    node.grant({"*": "all"})
    answer = node.ask(line)
    reason = denial(action, "monitor,manage,all", kind="cluster")
    assert (answer.status, answer.body) == (403, body_of(reason))
    for privilege in ("monitor", "manage", "all", action):
        node.grant({}, cluster=[privilege])
        assert node.ask(line).status == 200


def test_what_is_wrong_with_a_request_itself_is_told_first(node: Node) -> None:
    node.grant({})
    assert node.ask("POST /logs/_search", b"{").status == 400
    assert node.ask("GET /logs/_search?nonsense=1").status == 400
    assert node.ask("POST /_bulk", b"\n").status == 400
    assert node.ask("PUT /logs/_doc/1?op_type=foo", {}).status == 400


MODULES = {
    f"mockkibana.elasticsearch.face.{name}"
    for name in ("cluster", "documents", "bulk", "indices", "multi_get", "search")
}
ROUTES = [route for route in routes.ROUTES if route.module in MODULES]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.methods} {route.pattern}")
def test_nobody_without_rights_gets_anywhere(node: Node, route: RestRoute) -> None:
    node.grant({})
    assert route.action
    body: Any = b""
    if "_bulk" in route.pattern:
        body = b'{"create":{"_index":"logs"}}\n{}\n'
    elif "_mget" in route.pattern:
        body = {"docs": [{"_index": "logs", "_id": "1"}]}
    elif route.takes_body:
        body = {"doc": {}} if "_update" in route.pattern else {}
    for method in route.methods.split():
        path = route.pattern.replace("{index}", "logs").replace("{id}", "1")
        answer = node.ask(f"{method} {path}", body)
        assert answer.status == 403
        assert answer.body == body_of(answer.body["error"]["reason"])


def test_roles_that_are_gone_are_named(node: Node) -> None:
    node.grant({"logs": "read"})
    node.cluster.security.users.change("u", roles=["z", "r", "b"])
    answer = node.ask("GET /metrics/_search")
    assert answer.body["error"]["reason"] == (
        "action [indices:data/read/search] is unauthorized for user [u] with effective roles [r] "
        "(assigned roles [b,z] were not found) on indices [metrics], this action is granted by the "
        "index privileges [read,all]"
    )


def test_an_api_key_may_do_what_both_it_and_its_owner_may(node: Node) -> None:
    owner = node.grant({"logs": "read write"})
    security = node.cluster.security
    key, secret = security.api_keys.create(
        owner,
        name="k",
        role_descriptors={"own": {"indices": [{"names": ["*"], "privileges": ["read"]}]}},
        limited_by=[security.roles.get("r") or {}],
        metadata={},
        expiration=None,
    )
    encoded = b64encode(f"{key['id']}:{secret}".encode()).decode()
    headers = {"authorization": f"ApiKey {encoded}", "content-type": JSON}

    def ask(method: str, path: str, body: bytes = b"") -> Answer:
        return node.face.handle(Request(method, path, headers=headers, body=body))

    assert ask("GET", "/logs/_search").status == 200
    assert ask("GET", "/other/_search").status == 403
    refused = ask("PUT", "/logs/_doc/1", b"{}")
    assert refused.body == body_of(
        f"action [indices:data/write/index] is unauthorized for API key id [{key['id']}] of user "
        f"[u], this action is granted by the index privileges [{INDEXING}]"
    )


def test_changed_rights_count_at_once(node: Node) -> None:
    node.grant({"logs": "read"})
    assert node.ask("GET /logs/_search").status == 200
    node.cluster.security.roles.put("r", {})
    assert node.ask("GET /logs/_search").status == 403


def test_a_trusted_request_may_do_everything(node: Node) -> None:
    assert node.ask("GET /logs/_search", trusted=True).status == 200
    assert node.ask("PUT /new/_doc/1", {}, trusted=True).status == 201


def test_without_security_everybody_may_do_everything(cluster: Cluster, store: Store) -> None:
    node = Node(cluster, ElasticsearchFace(cluster), store)
    assert node.ask("PUT /logs/_doc/1", {}).status == 201
    node.grant({})
    node.token = "nonsense"
    assert node.ask("GET /logs/_search").status == 200
    assert node.ask("DELETE /logs").status == 200


# The gateway of the index connector


def from_connector(node: Node, index: str, documents: Any, user: Identity | None) -> Answer:
    message = Outbound("POST", f"/{index}/_bulk?refresh=true", body=documents, user=user)
    box = Box(
        RunRecord("i", ".index", "Index", "default"), {"index": index}, Installation(), Store()
    )
    return ElasticsearchParty(node.cluster, node.store).receive(message, box)


def test_the_connector_writes_as_its_user(node: Node) -> None:
    user = node.grant({"logs": "create_doc"})
    answer = from_connector(node, "logs", [{}, {}], user)
    assert isinstance(answer.body, BulkCreated)


def test_the_connector_of_a_user_without_any_right_to_write_is_refused(node: Node) -> None:
    user = node.grant({"logs": "read"})
    answer = from_connector(node, "logs", [{}], user)
    action = "indices:data/write/bulk"
    assert (answer.status, answer.body) == (403, body_of(denial(action, BULK)))
    assert from_connector(node, "logs", [], user).status == 400


def test_documents_for_an_index_that_the_user_may_not_write_to_fail_one_by_one(node: Node) -> None:
    user = node.grant({"other": "write"})
    answer = from_connector(node, "logs", [{}, {}], user)
    action = "indices:data/write/index:op_type/create"
    assert answer.status == 200
    ids = [one["create"]["_id"] for one in answer.body["items"]]
    assert len({*ids}) == 2
    reason = denial(action, INDEXING, "logs")
    assert answer.body == {
        "errors": True,
        "took": 0,
        "items": [{"create": item("logs", id_, reason)} for id_ in ids],
    }
    assert node.cluster.count(node.cluster.resolve("logs")[0]) == 1


def test_documents_for_a_missing_index_fail_without_ids(node: Node) -> None:
    user = node.grant({"*": "write"})
    answer = from_connector(node, "new", [{}], user)
    action = "indices:admin/auto_create"
    reason = denial(action, "auto_configure,create_index,manage,all", "new")
    assert answer.body["items"] == [{"create": item("new", None, reason)}]
    assert not node.cluster.exists("new")


def test_documents_that_do_not_fit_are_no_denial(node: Node) -> None:
    user = node.grant({"*": "all"})
    answer = from_connector(node, "logs", [{"n": "x"}], user)
    assert answer.body["errors"] is True


def test_without_a_user_the_connector_may_do_everything(node: Node) -> None:
    answer = from_connector(node, "new", [{}], None)
    assert isinstance(answer.body, BulkCreated)


# System indices


def test_system_indices_take_a_right_that_means_them(node: Node) -> None:
    index_document(node.cluster, ".security-7", {"n": 1}, id="1")
    node.grant({"*": "all"})
    assert node.ask("GET /_search?expand_wildcards=all").body["_shards"]["total"] == 1
    reason = (
        "action [indices:data/read/search] is unauthorized for user [u] with effective roles [r] "
        "on restricted indices [.security-7], this action is granted by the index privileges "
        "[read,all]"
    )
    assert node.ask("GET /logs,.security-7/_search").body == body_of(reason)
    found = node.bulk({"create": {"_index": ".security-7"}}, {}).body["items"][0]["create"]
    assert found["status"] == 403
    assert " on restricted indices [.security-7], " in found["error"]["reason"]
    group = {"names": ["*"], "privileges": ["read"], "allow_restricted_indices": True}
    node.cluster.security.roles.put("r", {"indices": [group]})
    assert node.ask("GET /_search?expand_wildcards=all").body["_shards"]["total"] == 2
    assert node.ask("GET /logs,.security-7/_search").status == 200
    assert node.ask("DELETE /.security-7").status == 403


def test_both_kinds_of_indices_are_told(node: Node) -> None:
    node.grant({"other": "read"})
    reason = node.ask("GET /logs,.security/_search").body["error"]["reason"]
    assert " on indices [logs] and restricted indices [.security], " in reason


def test_date_math_is_worked_out_before_anybody_is_refused(node: Node) -> None:
    node.grant({"day-2023.11.14": "write read auto_configure"})
    assert node.ask("PUT /%3Cday-%7Bnow%2Fd%7D%3E/_doc/1", {"n": 1}).status == 201
    assert node.ask("GET /%3Cday-%7Bnow%2Fd%7D%3E/_doc/1").status == 200
    assert node.ask("GET /%3Cday-%7Bnow%2Fd%7D%3E/_search").body["hits"]["total"]["value"] == 1
    refused = node.ask("PUT /%3Cday-%7Bnow-1d%2Fd%7D%3E/_doc/1", {"n": 1})
    assert refused.status == 403
    assert " on indices [day-2023.11.13]" in refused.body["error"]["reason"]
