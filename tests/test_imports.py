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
