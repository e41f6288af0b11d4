"""The client jira.js, which is Cloud's, does its ordinary work on Node."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from jira_site import serve_jira
from node import run_node

CLIENT = "jira.js/dist/index.js"


def test_jira_js_does_its_work_and_finds_every_answer_to_its_schemas() -> None:
    for flavour in ("hybrid", "cloud"):
        with serve_jira(jira_flavour=flavour) as site:
            seen = run_node("jira_js.mjs", CLIENT, site.url)
        assert seen == {
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
