"""The rules of an app: shared by all worlds of a process, and the rare ones made when needed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from flask.testing import FlaskClient

from mockkibana.app import create_app, rules
from mockkibana.world import World


def test_apps_share_their_rules(world: World) -> None:
    assert create_app(world).url_map is create_app(World()).url_map


@pytest.mark.kibana_version("8.19.0")
@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/actions", 200), ("/internal/actions/connectors", 200), ("/api/features", 200)],
)
def test_a_rare_route_answers_as_every_other(client: FlaskClient, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_every_rule_has_a_view(world: World) -> None:
    app = create_app(world)
    endpoints = {rule.endpoint for rule in rules(world.settings.release)}
    assert all(callable(app.view_functions[endpoint]) for endpoint in endpoints)
    assert endpoints == app.view_functions.keys()


def test_a_start_imports_no_rare_view() -> None:
    script = (
        "import sys; from mockkibana import World, create_app; "
        "create_app(World()).test_client().get('/api/status'); "
        "print([name for name in sys.modules if name.startswith('mockkibana.kibana.routes.')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    for name in ("legacy", "internal", "security"):
        assert f"routes.{name}" not in done.stdout
