"""Any sequence of requests leaves what a model that fits on a page expects."""

from __future__ import annotations

import json

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from mockkibana.clock import Clock
from mockkibana.jira.errors import JiraError
from mockkibana.jira.jql import jql, search
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
READER = Viewer(url=URL)
TEXTS = st.text(st.sampled_from("ab c\n"), max_size=4)
LABELS = st.lists(st.sampled_from(["a", "b", "a b"]), max_size=3)
STATUSES = {"11": "To Do", "21": "In Progress", "31": "Done"}


def good_summary(text):
    return bool(text.strip()) and "\n" not in text


class Requests(RuleBasedStateMachine):
    """Issues of one project: what was written is what is read, and refusals change nothing."""

    keys = Bundle("keys")

    def __init__(self):
        super().__init__()
        self.store = Store()
        self.site = Site(self.store, Installation(clock=Clock(frozen_at="2023-11-14T22:13:20Z")))
        self.site.ensure_project("CK", "ann@example.com")
        self.model = {}
        self.numbers = 0
        self.comments = 0
        self.last = ""

    def expect(self, accepted, call):
        before = self.store.digest()
        if accepted:
            return call()
        with pytest.raises(JiraError):
            call()
        assert self.store.digest() == before
        return None

    def children(self, key):
        return [name for name, issue in self.model.items() if issue["parent"] == key]

    @rule(target=keys, summary=TEXTS, labels=LABELS)
    def create(self, summary, labels):
        accepted = good_summary(summary) and "a b" not in labels
        return self.make(accepted, summary, "Task", None, labels=labels) or f"CK-{10**6}"

    @rule(target=keys, parent=keys)
    def create_sub_task(self, parent):
        known = self.model.get(parent)
        accepted = known is not None and known["parent"] is None
        return self.make(accepted, "part", "Sub-task", parent) or f"CK-{10**6}"

    def make(self, accepted, summary, kind, parent, labels=()):
        fields = {
            "project": {"key": "CK"},
            "issuetype": {"name": kind},
            "summary": summary,
            "labels": list(labels),
            "parent": {"key": parent} if parent else None,
        }
        made = self.expect(accepted, lambda: self.site.create_issue({"fields": fields}))
        if made is None:
            return None
        self.numbers += 1
        assert made == {"id": str(9999 + self.numbers), "key": f"CK-{self.numbers}"}
        self.model[made["key"]] = {
            "summary": summary,
            "labels": list(dict.fromkeys(labels)),
            "status": "To Do",
            "parent": parent,
            "comments": [],
            "links": set(),
            "watchers": {"admin"},
            "spent": None,
        }
        return made["key"]

    @rule(key=keys, summary=TEXTS, labels=LABELS)
    def edit(self, key, summary, labels):
        accepted = key in self.model and good_summary(summary) and "a b" not in labels
        body = {"fields": {"summary": summary, "labels": labels}}
        self.expect(accepted, lambda: self.site.edit_issue(key, body))
        if accepted:
            self.model[key] |= {"summary": summary, "labels": list(dict.fromkeys(labels))}

    @rule(key=keys, parent=keys)
    def move_to_another_parent(self, key, parent):
        issue, above = self.model.get(key), self.model.get(parent)
        accepted = bool(issue and above and issue["parent"] and not above["parent"])
        body = {"fields": {"parent": {"key": parent}}}
        self.expect(accepted, lambda: self.site.edit_issue(key, body))
        if accepted:
            issue["parent"] = parent

    @rule(key=keys, transition=st.sampled_from([*STATUSES, "41"]))
    def transition(self, key, transition):
        accepted = key in self.model and transition in STATUSES
        body = {"transition": {"id": transition}}
        self.expect(accepted, lambda: self.site.transition(key, body))
        if accepted:
            self.model[key]["status"] = STATUSES[transition]

    @rule(key=keys, text=TEXTS)
    def comment(self, key, text):
        accepted = key in self.model and bool(text.strip())
        made = self.expect(accepted, lambda: self.site.add_comment(key, {"body": text}, READER))
        if accepted:
            assert made["id"] == str(10000 + self.comments)
            self.comments += 1
            self.model[key]["comments"].append([made["id"], text])

    @rule(key=keys, which=st.integers(0, 3), text=TEXTS)
    def edit_comment(self, key, which, text):
        mine = self.model.get(key, {"comments": []})["comments"]
        id_ = mine[which][0] if which < len(mine) else "1"
        accepted = which < len(mine) and bool(text.strip())
        self.expect(accepted, lambda: self.site.edit_comment(key, id_, {"body": text}, READER))
        if accepted:
            mine[which][1] = text

    @rule(key=keys, which=st.integers(0, 3))
    def delete_comment(self, key, which):
        mine = self.model.get(key, {"comments": []})["comments"]
        id_ = mine[which][0] if which < len(mine) else "1"
        self.expect(which < len(mine), lambda: self.site.delete_comment(key, id_))
        if which < len(mine):
            del mine[which]

    @rule(one=keys, two=keys)
    def link(self, one, two):
        accepted = one in self.model and two in self.model and one != two
        ends = {"inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
        body = {"type": {"name": "Blocks"}, **ends}
        self.expect(accepted, lambda: self.site.link_issues(body))
        if accepted:
            self.model[one]["links"].add((two, "blocks"))
            self.model[two]["links"].add((one, "is blocked by"))

    @rule(one=keys, two=keys)
    def unlink(self, one, two):
        for link in self.shown_links(one):
            if link.get("outwardIssue", {}).get("key") == two:
                self.site.links.delete(link["id"], READER)
                self.model[one]["links"].discard((two, "blocks"))
                self.model[two]["links"].discard((one, "is blocked by"))

    def shown_links(self, key):
        if key not in self.model:
            return []
        return self.site.get_issue(key, READER, fields=["issuelinks"])["fields"]["issuelinks"]

    @rule(key=keys, user=st.sampled_from(["ann", "nobody"]), watches=st.booleans())
    def watch(self, key, user, watches):
        accepted = key in self.model and user == "ann"
        call = self.site.watching.watch if watches else self.site.watching.unwatch
        self.expect(accepted, lambda: call(key, user, READER))
        if accepted:
            change = set.add if watches else set.discard
            change(self.model[key]["watchers"], user)

    @rule(key=keys, spent=st.sampled_from(["1h", "30m", "", "x"]))
    def log_work(self, key, spent):
        accepted = key in self.model and spent in ("1h", "30m")
        self.expect(accepted, lambda: self.site.worklogs.add(key, {"timeSpent": spent}, READER))
        if accepted:
            seconds = {"1h": 3600, "30m": 1800}[spent]
            self.model[key]["spent"] = (self.model[key]["spent"] or 0) + seconds

    @rule(words=st.sampled_from(["a", "b", "ab"]), label=st.sampled_from(["a", "b", "c"]))
    def search(self, words, label):
        text = f"labels = {label} or watcher = ann and summary !~ {words} order by key"
        found = [issue["key"] for issue in search.find(self.site, jql.parse(text))]
        assert found == [
            key
            for key, issue in self.model.items()
            if label in issue["labels"]
            or ("ann" in issue["watchers"] and words not in issue["summary"].split())
        ]

    @rule(key=consumes(keys), with_sub_tasks=st.booleans())
    def delete(self, key, with_sub_tasks):
        children = self.children(key)
        accepted = key in self.model and (with_sub_tasks or not children)
        self.expect(accepted, lambda: self.site.delete_issue(key, delete_subtasks=with_sub_tasks))
        if accepted:
            for gone in (key, *children):
                del self.model[gone]
                for issue in self.model.values():
                    issue["links"] = {link for link in issue["links"] if link[0] != gone}

    @rule()
    def write_down_and_restore(self):
        block = json.loads(json.dumps(self.site.dump()))
        store = Store()
        site = Site(store, Installation())
        with store.transaction() as transaction:
            site.restore(block, transaction)
        assert store.digest() == self.store.digest()

    @invariant()
    def what_is_read_is_what_was_written(self):
        assert [issue["key"] for issue in self.site.issues()] == list(self.model)
        for key, expected in self.model.items():
            fields = self.site.get_issue(key, READER)["fields"]
            assert (fields["summary"], fields["labels"]) == (
                expected["summary"],
                expected["labels"],
            )
            assert fields["status"]["name"] == expected["status"]
            assert (fields["resolution"] is not None) == (expected["status"] == "Done")
            assert fields.get("parent", {"key": None})["key"] == expected["parent"]
            comments = fields["comment"]["comments"]
            assert [[row["id"], row["body"]] for row in comments] == expected["comments"]
            assert [row["key"] for row in fields["subtasks"]] == self.children(key)
            assert {
                (row["outwardIssue"]["key"], row["type"]["outward"])
                if "outwardIssue" in row
                else (row["inwardIssue"]["key"], row["type"]["inward"])
                for row in fields["issuelinks"]
            } == expected["links"]
            assert fields["watches"]["watchCount"] == len(expected["watchers"])
            assert fields["timespent"] == expected["spent"]

    @invariant()
    def times_are_never_shared(self):
        times = [issue["fields"]["updated"] for issue in self.site.issues()]
        assert len(set(times)) == len(times)


Requests.TestCase.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
test_any_sequence_of_requests = Requests.TestCase
