"""Whatever was created can be written as a snapshot, loaded, and is then written the same again."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from surface import ELASTICSEARCH, JIRA, Hostile, InProcess, seeds

from mockkibana.app import create_app
from mockkibana.seeds import parse_seed
from mockkibana.world import World

HEADERS = {"kbn-xsrf": "x", "content-type": "application/json"}
HOOK = {
    "method": "post",
    "url": "http://hooks.example.com/{x}",
    "hasAuth": False,
    "headers": {"a": "b"},
}
JIRA_FIELDS = {
    "version": 1,
    "jira": {
        "projects": [
            {
                "key": "HX",
                "components": [{"name": "ui"}],
                "versions": [{"name": "1.0"}],
                "fields": [
                    {"id": "customfield_10010", "name": "Text", "schema": "string"},
                    {"id": "customfield_10011", "name": "Number", "schema": "number"},
                    {"id": "customfield_10012", "name": "Pick", "allowedValues": ["a", "b"]},
                    {"id": "customfield_10013", "name": "Many", "schema": "array"},
                ],
            }
        ]
    },
}

GRANT = {"grant_type": "password", "username": "elastic", "password": "changeme"}

SCRIPT = {"lang": "painless", "source": "ctx._source.a = 1"}

Request = tuple[str, str, Any]

names = st.text(min_size=1, max_size=8) | st.sampled_from(["a", "b", "kibana_system", " ", "1"])
words = st.text(max_size=8) | st.sampled_from(["", " ", "\ud800", "\0", "{url}", "[redacted]"])
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=5,
)
objects = st.dictionaries(words | st.sampled_from(["a", "b", "c.d"]), values, max_size=3)


def _path(name: str) -> str:
    return quote(name.encode("utf-8", "replace"), safe="")


def request(
    method: str,
    path: str,
    needed: Any = None,
    **body: st.SearchStrategy[Any],
) -> st.SearchStrategy[Request]:
    """Return requests with `{}` of the path filled by names; of the body a part is needed."""
    bodies = st.fixed_dictionaries(needed or {}, optional=body)
    return st.tuples(names, bodies).map(
        lambda drawn: (method, path.replace("{}", _path(drawn[0])), drawn[1])
    )


def either(*choices: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


ES, SECURITY, API, REST = ELASTICSEARCH, f"{ELASTICSEARCH}/_security", "/api", f"{JIRA}/rest/api/2"
ISSUE = {
    "description": words | st.none(),
    "labels": st.lists(st.text("ab\u00e9", min_size=1), max_size=3),
    "components": either([{"name": "ui"}], []),
    "versions": either([{"name": "1.0"}], []),
    "priority": either({"id": "2"}, {"name": "High"}, None),
    "assignee": either({"accountId": "-1"}, None),
    "parent": either({"key": "HX-1"}, None),
    "duedate": either("2024-01-02", None),
    "customfield_10010": words | st.none(),
    "customfield_10011": st.none() | st.integers() | st.floats(allow_nan=False),
    "customfield_10012": either({"value": "a"}, {"id": "10000"}, None),
    "customfield_10013": st.lists(st.text("ab", min_size=1), max_size=2),
}
fields = st.fixed_dictionaries(
    {
        "project": st.just({"key": "HX"}),
        "summary": names,
        "issuetype": either({"name": "Task"}, {"name": "Bug"}),
    },
    optional=ISSUE,
)
roles = {
    "cluster": st.lists(either("all", "monitor"), max_size=2),
    "indices": st.lists(
        st.fixed_dictionaries(
            {"names": st.lists(words, max_size=2), "privileges": st.just(["read"])},
            optional={"allow_restricted_indices": st.booleans()},
        ),
        max_size=2,
    ),
    "metadata": objects,
    "run_as": st.lists(words, max_size=2),
    "description": words,
}
PASSWORD = {"password": "password2"}
accounts = either("a", "b", "kibana_system", "beats_system", "elastic")
password = {"password": st.just("password"), "roles": st.lists(words, max_size=2)}
people = {
    "full_name": words | st.none(),
    "email": words | st.none(),
    "metadata": objects,
    "enabled": st.booleans(),
}
space = {"name": names, "id": either("a", "b")}
spaces = {
    "description": words,
    "color": either("#aabbcc", ""),
    "initials": either("a", "bc", ""),
    "disabledFeatures": either([], ["discover"]),
    "solution": either("es", "oblt", "classic"),
}
connectors = st.one_of(
    st.fixed_dictionaries(
        {
            "name": words,
            "connector_type_id": st.just(type_id),
            "config": config,
            "secrets": either({}, {}, secrets),
        }
    )
    for type_id, config, secrets in (
        (".server-log", either({}), {}),
        (".index", words.map(lambda word: {"index": word or "a", "refresh": True}), {}),
        (".webhook", words.map(lambda word: {**HOOK, "headers": {"a": word}}), {}),
        (".webhook", either({**HOOK, "hasAuth": True}), {"user": "u", "password": "p"}),
    )
)
settings_ = either({"number_of_replicas": 0}, {"index.mapping.total_fields.limit": 50}, {"a": 1})
properties = st.dictionaries(
    either("a", "b", "c"), either(*({"type": t} for t in ("keyword", "long", "date", "nested")))
)
index = {
    "settings": settings_,
    "mappings": st.fixed_dictionaries(
        {}, optional={"properties": properties, "dynamic": either(True, "strict", "runtime")}
    ),
    "aliases": st.dictionaries(either("x", "y"), either({}, {"is_write_index": True})),
}
requests = st.one_of(
    connectors.map(lambda body: ("POST", f"{API}/actions/connector", body)),
    st.builds(
        lambda name, body: ("POST", f"{API}/actions/connector/{_path(name)}", body),
        names,
        connectors,
    ),
    connectors.map(
        lambda body: (
            "POST",
            f"{API}/actions/action",
            {"actionTypeId" if key == "connector_type_id" else key: body[key] for key in body},
        )
    ),
    words.map(
        lambda word: ("POST", f"{API}/actions/connector/hook/_execute", {"params": {"body": word}})
    ),
    request("POST", f"{API}/spaces/space", space, **spaces),
    request("PUT", f"{API}/spaces/space/a", space, **spaces),
    request("PUT", f"{API}/spaces/space/default", {**space, "id": st.just("default")}, **spaces),
    request("PUT", f"{ES}/{{}}", **index),
    request("PUT", f"{ES}/a", **index),
    st.tuples(st.just("PUT"), names.map(lambda n: f"{ES}/a/_doc/{_path(n)}?routing=r"), objects),
    st.tuples(st.just("POST"), st.just(f"{ES}/a/_doc"), objects),
    st.tuples(st.just("DELETE"), names.map(lambda n: f"{ES}/a/_doc/{_path(n)}"), st.none()),
    st.tuples(st.just("PUT"), st.just(f"{ES}/a/_settings"), settings_),
    st.tuples(st.just("POST"), st.just(f"{ES}/a/_close"), st.none()),
    request(
        "PUT",
        f"{ES}/_index_template/{{}}",
        {"index_patterns": either(["t*"], ["s*"])},
        data_stream=either({}),
        composed_of=either(["a"]),
        priority=either(1, 2),
    ),
    request("PUT", f"{ES}/_component_template/a", {"template": either({}, {"aliases": {}})}),
    request("PUT", f"{ES}/_template/{{}}", {"index_patterns": either("old*")}, order=either(1)),
    request("PUT", f"{ES}/_ingest/pipeline/{{}}", {"processors": either([])}, _meta=objects),
    request("PUT", f"{ES}/_scripts/{{}}", {"script": either(SCRIPT)}),
    request("PUT", f"{ES}/_ilm/policy/{{}}", {"policy": either({"phases": {"hot": {}}})}),
    request("PUT", f"{ES}/_cluster/settings", persistent=either({"action.auto_create_index": "a"})),
    either(
        ("PUT", f"{ES}/_index_template/s", {"index_patterns": ["s*"], "data_stream": {}}),
        ("PUT", f"{ES}/_data_stream/s", None),
        ("POST", f"{ES}/s/_doc", {"@timestamp": 1}),
        ("POST", f"{ES}/s/_rollover", None),
        ("PUT", f"{ES}/_data_stream/s/_lifecycle", {"data_retention": "7d"}),
        ("POST", f"{ES}/_ilm/stop", None),
    ),
    request("PUT", f"{SECURITY}/user/{{}}", password, **people),
    accounts.map(lambda name: ("PUT", f"{SECURITY}/user/{_path(name)}/_disable", None)),
    accounts.map(lambda name: ("PUT", f"{SECURITY}/user/{_path(name)}/_password", PASSWORD)),
    request("PUT", f"{SECURITY}/role/{{}}", **roles),
    request("PUT", f"{API}/security/role/{{}}", elasticsearch=either({}, {"cluster": ["all"]})),
    request(
        "POST",
        f"{SECURITY}/api_key",
        {"name": names},
        expiration=either("1d", "1ms"),
        metadata=objects,
        role_descriptors=st.dictionaries(words, st.fixed_dictionaries({}, optional=roles)),
    ),
    request("DELETE", f"{SECURITY}/api_key", owner=st.just(True)),
    st.just(("POST", f"{SECURITY}/oauth2/token", GRANT)),
    st.just(("DELETE", f"{SECURITY}/oauth2/token", {"username": "elastic"})),
    request("POST", f"{REST}/issue", {"fields": fields}),
    request(
        "PUT",
        f"{REST}/issue/HX-1",
        update=either({}),
        fields=st.fixed_dictionaries({}, optional=ISSUE),
    ),
    request("POST", f"{REST}/issue/HX-1/comment", {"body": names}),
    request("PUT", f"{REST}/issue/HX-1/comment/10000", {"body": names}),
    request("POST", f"{REST}/issue/HX-1/transitions", transition=either({"id": "31"})),
    st.just(("DELETE", f"{REST}/issue/HX-1", None)),
)
HOOK_SEED = {
    "version": 1,
    "connectors": [
        {
            "id": "hook",
            "name": "",
            "connector_type_id": ".webhook",
            "config": HOOK,
        }
    ],
}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(requests, min_size=1, max_size=12))
def test_what_was_created_is_written_loaded_and_written_the_same(sent: list[Request]) -> None:
    extra = [parse_seed(seed) for seed in (JIRA_FIELDS, HOOK_SEED)]
    with closing(World(seeds=[*seeds(), *extra])) as world:
        hostile = Hostile(world, InProcess(create_app(world)))
        for method, target, body in sent:
            text = b"" if body is None else json.dumps(body).encode()
            hostile.ask(method, target, HEADERS, text)
        hostile.check_snapshot()
