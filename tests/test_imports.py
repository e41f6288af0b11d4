"""What is imported at once, and what only when it is used: start-up is a feature."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from mockkibana.testing.handle import MockKibana

FLASK = ("flask", "werkzeug", "marshmallow", "tinydb", "mockkibana.records")
SLOW = ("requests", "responses", "urllib3", "yaml", "lark", "regex")
HEAVY = (*FLASK, *SLOW, "httptools")
ELASTICSEARCH = tuple(
    f"mockkibana.elasticsearch.{name}"
    for name in (
        *("analysis.analyzers", "analysis.stemming"),
        *("cluster.aliases", "cluster.data_streams", "cluster.dump", "cluster.lifecycles"),
        *("cluster.statistics", "cluster.tasks"),
        *("documents.updates", "documents.update_body"),
        *("face.aliases", "face.cat.table", "face.empty_lists", "face.points_in_time"),
        *("face.scrolls", "face.security.users", "face.templates"),
        *("ingest", "json.positions", "json.syntax_errors"),
        *("mapping.date_patterns", "mapping.date_printer", "mapping.vector_definitions"),
        *("scripts", "security"),
        *("search.aggregations.aggregation", "search.collapsing", "search.field_values"),
        *("search.highlighting", "search.number_format", "search.queries.compound"),
        *("search.relations", "search.search_after"),
    )
)
WORLD = "from mockkibana import World, create_app; client = create_app(World()).test_client()\n"
RUN = """
headers = {"kbn-xsrf": "true"}
body = {"name": "x", "connector_type_id": ".index", "config": {"index": "a"}}
made = client.post("/api/actions/connector", json=body, headers=headers).json["id"]
run = {"params": {"documents": [{"message": "hello", "count": 1}]}}
url = f"/api/actions/connector/{made}/_execute"
assert client.post(url, json=run, headers=headers).json["status"] == "ok"
"""
SEARCH = """
url = "/_mock/elasticsearch/a"
line = {"content_type": "application/x-ndjson", "data": '{"create": {}}\\n{"message": "hello"}\\n'}
assert client.post(f"{url}/_bulk", **line).json["errors"] is False
body = {"query": {"term": {"message.keyword": "hello"}}}
assert client.post(f"{url}/_search", json=body).json["hits"]["total"]["value"] == 1
"""
COMMAND = "from mockkibana.cli import main; main({!r}, standalone_mode=False)"


@pytest.mark.parametrize(
    ("code", "heavy"),
    [
        pytest.param("import mockkibana", (*HEAVY, "click"), id="the package"),
        pytest.param("import mockkibana.testing.plugin", (*HEAVY, "click"), id="the plugin"),
        pytest.param("import mockkibana.cli", HEAVY, id="the command"),
        pytest.param(COMMAND.format(["--help"]), HEAVY, id="its help"),
        pytest.param(COMMAND.format(["reset", "--help"]), HEAVY, id="the help of a verb"),
        pytest.param(COMMAND.format(["reset", "--empty"]), FLASK, id="a verb"),
        pytest.param(COMMAND.format(["journal"]), FLASK, id="the journal"),
        pytest.param(
            "import os; from mockkibana import MockKibana\n"
            "with MockKibana.attach(os.environ['MOCKKIBANA_URL']) as kibana: kibana.state()",
            FLASK,
            id="a handle on a server",
        ),
        pytest.param(
            "from mockkibana import World, create_app\n"
            "from mockkibana.seeds import demo_seed\n"
            "create_app(World(seeds=[demo_seed()])).test_client().get('/api/status')",
            (*SLOW, "marshmallow", "mockkibana.elasticsearch", "mockkibana.jira"),
            id="a start",
        ),
        pytest.param(
            WORLD + RUN,
            (
                *(*SLOW, *ELASTICSEARCH),
                *("mockkibana.elasticsearch.face", "mockkibana.elasticsearch.search.segment"),
            ),
            id="a run of an index connector",
        ),
        pytest.param(WORLD + SEARCH, (*SLOW, *ELASTICSEARCH), id="a bulk and a search of a term"),
    ],
)
def test_what_is_not_used_is_not_imported(code: str, heavy: tuple[str, ...]) -> None:
    report = f"import json, sys; print(json.dumps([m for m in {heavy} if m in sys.modules]))"
    with MockKibana() as kibana:
        done = subprocess.run(
            [sys.executable, "-c", f"{code}\n{report}"],
            env={"MOCKKIBANA_URL": kibana.url},
            capture_output=True,
            text=True,
            check=True,
        )
    assert json.loads(done.stdout.splitlines()[-1]) == []
