"""The client jira.js, which is Cloud's, does its ordinary work on Node."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from jira_site import serve_jira

SCRIPT = Path(__file__).with_name("jira_js.mjs")
CLIENT = SCRIPT.parents[2] / "node_modules" / "jira.js" / "dist" / "index.js"


def test_jira_js_does_its_work_and_finds_every_answer_to_its_schemas() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is missing; install Node.js 20 or newer")
    if not CLIENT.is_file():
        pytest.skip("jira.js is missing; npm install --no-save jira.js@6")
    for flavour in ("hybrid", "cloud"):
        with serve_jira(jira_flavour=flavour) as site:
            command = [node, str(SCRIPT), CLIENT.as_uri(), site.url]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, (flavour, done.stderr)
        assert json.loads(done.stdout) == {
            "user": "Ann",
            "host": True,
            "projects": ["CK", "CK"],
            "types": ["Improvement", "Task"],
            "fields": ["summary", "issuetype"],
            "issue": ["Disk full", "94 %", ["disk"]],
            "comment": "deleted logs",
            "watchers": 1,
            "found": [["Disk is full", "Ann", 1, "df.txt", 3600]],
            "count": 2,
            "changed": [
                *("summary", "assignee", "status", "resolution", "Link"),
                *("timeestimate", "timespent", "Attachment"),
            ],
            "gone": "NotFoundError",
            "refused": 400,
        }, flavour
