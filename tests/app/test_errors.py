"""What is answered where no view answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockkibana.app import create_app
from mockkibana.seeds import demo_seed
from mockkibana.world import World

ISSUE = {"project": {"key": "CK"}, "summary": "a", "issuetype": {"name": "Task"}}


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("/api/actions/connector", {"name": "a", "connector_type_id": ".server-log"}, "message"),
        ("/api/spaces/space", {"id": "a", "name": "A"}, "message"),
        ("/_mock/elasticsearch/i/_doc", {"a": 1}, "error"),
        ("/_mock/jira/rest/api/2/issue", {"fields": ISSUE}, "error"),
        ("/_mock/api/seed", {"version": 1, "spaces": [{"id": "a"}]}, "error"),
    ],
)
def test_a_database_without_room_is_no_bug(
    tmp_path: Path, path: str, body: dict[str, object], key: str
) -> None:
    world = World(db=tmp_path / "db", seeds=[demo_seed()])
    world.store.close()  # as a full disk, it takes no more writes
    answer = create_app(world).test_client().post(path, json=body, headers={"kbn-xsrf": "x"})
    assert answer.status_code == 503
    assert "takes no more writes" in answer.get_json()[key]
    assert world.bugs == []
    world.close()
