"""Tools keep JSON with issues and projects, by keys."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("owner", ["issue/CK-1", "project/CK"])
def test_a_property_is_any_json(server, owner):
    server.make()
    for value in ({"a": [1, None]}, "text", 5, False, None, []):
        server.ask("PUT", f"{owner}/properties/tool.state", value)
        assert server.get(f"{owner}/properties/tool.state") == {
            "key": "tool.state",
            "value": value,
        }
    keys = server.get(f"{owner}/properties")["keys"]
    assert [row["key"] for row in keys] == ["tool.state"]
    server.copy()
    server.ask("DELETE", f"{owner}/properties/tool.state")
    assert server.get(f"{owner}/properties")["keys"] == []
    assert server.refused("DELETE", f"{owner}/properties/tool.state")[0] == 404


def test_a_new_property_is_201_and_a_changed_one_200(server):
    key = server.make()
    statuses = [server.send("PUT", f"issue/{key}/properties/a", 1).status for _ in range(2)]
    assert statuses == [201, 200]


def test_an_issue_shows_the_properties_that_are_asked_for(server):
    key = server.make()
    for name in ("a", "b"):
        server.ask("PUT", f"issue/{key}/properties/{name}", name)
    assert server.get(f"issue/{key}?properties=a,z&fields=summary")["properties"] == {"a": "a"}
    assert server.get(f"issue/{key}?properties=*all")["properties"] == {"a": "a", "b": "b"}
    assert "properties" not in server.get(f"issue/{key}")


def test_keys_and_values_have_limits(server):
    key = server.make()
    assert server.refused("PUT", f"issue/{key}/properties/{'k' * 256}", 1)[0] == 400
    assert server.refused("PUT", f"issue/{key}/properties/k", "v" * 32_767)[0] == 400
    assert server.refused("PUT", f"issue/{key}/properties/k", b"{")[0] == 400


def test_labels_in_use_are_listed(server):
    server.make(labels=["b", "a"])
    server.make(labels=["a", "c"])
    assert server.get("label")["values"] == ["a", "b", "c"]
    shown = server.get("/rest/api/1.0/labels/suggest?query=b")
    assert [row["label"] for row in shown["suggestions"]] == ["b"]


def test_an_issue_is_made_with_properties(server):
    values = {"project": {"key": "CK"}, "summary": "x", "issuetype": {"name": "Task"}}
    body = {"fields": values, "properties": [{"key": "a", "value": {"b": 1}}]}
    key = server.ask("POST", "issue", body)["key"]
    assert server.get(f"issue/{key}/properties/a")["value"] == {"b": 1}
    assert server.refused("POST", "issue", {**body, "properties": [1]})[0] == 400
