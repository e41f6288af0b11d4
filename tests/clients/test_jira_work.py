"""The real clients of Jira link, watch, attach, log and administer, over a socket."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from atlassian import Jira
from jira import JIRA, JIRAError

sys.path.insert(0, str(Path(__file__).parent))

from jira_site import JiraSite, serve_jira


@pytest.fixture(scope="module")
def server() -> Iterator[JiraSite]:
    with serve_jira() as site:
        yield site


@pytest.fixture(scope="module")
def pycontribs(server: JiraSite) -> Iterator[JIRA]:
    client = JIRA(server.url, basic_auth=("admin", "secret"), max_retries=0)
    client.add_user("bob", "bob@example.com")
    yield client
    client.close()


@pytest.fixture(scope="module")
def atlassian(server: JiraSite) -> Iterator[Jira]:
    with Jira(server.url, username="admin", password="secret") as client:
        yield client


def make(client: JIRA, summary: str = "disk full", **fields: Any) -> Any:
    known = {"project": {"key": "CK"}, "summary": summary, "issuetype": {"name": "Task"}}
    return client.create_issue(fields=known | fields)


# --- pycontribs


def test_pycontribs_links_issues(pycontribs: JIRA) -> None:
    one, two = make(pycontribs, "one"), make(pycontribs, "two")
    pycontribs.create_issue_link("Blocks", one, two, comment={"body": "so"})
    (link,) = pycontribs.issue(one.key).fields.issuelinks
    assert (link.type.outward, link.outwardIssue.key) == ("blocks", two.key)
    assert pycontribs.issue_link(link.id).inwardIssue.key == one.key
    found = pycontribs.search_issues(f"issue in linkedIssues({one.key})")
    assert [issue.key for issue in found] == [two.key]
    assert "Relates" in [kind.name for kind in pycontribs.issue_link_types()]
    link.delete()
    assert pycontribs.issue(two.key).fields.issuelinks == []
    remote = pycontribs.add_simple_link(one, {"url": "https://example.com", "title": "x"})
    assert pycontribs.remote_link(one, remote.id).object.title == "x"
    assert len(pycontribs.remote_links(one)) == 1


def test_pycontribs_watches_and_votes(pycontribs: JIRA, server: JiraSite) -> None:
    issue = make(pycontribs, "watched")
    pycontribs.add_watcher(issue, "bob")
    assert [user.name for user in pycontribs.watchers(issue).watchers] == ["admin", "bob"]
    pycontribs.remove_watcher(issue, "bob")
    assert pycontribs.watchers(issue).watchCount == 1
    other = JIRA(server.url, basic_auth=("bob", "secret"), max_retries=0)
    other.add_vote(issue.key)
    assert pycontribs.votes(issue).votes == 1
    other.remove_vote(issue.key)
    assert pycontribs.issue(issue.key).fields.votes.votes == 0
    other.close()


def test_pycontribs_attaches_files(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "with files")
    made = pycontribs.add_attachment(issue, io.BytesIO(b"\x00\r\n\xff"), filename="a b.bin")
    assert (made.filename, made.size) == ("a b.bin", 4)
    (shown,) = pycontribs.issue(issue.key).fields.attachment
    assert shown.get() == b"\x00\r\n\xff"
    assert pycontribs.attachment_meta()["enabled"] is True
    pycontribs.delete_attachment(shown.id)
    assert pycontribs.issue(issue.key).fields.attachment == []


def test_pycontribs_logs_work(pycontribs: JIRA) -> None:
    issue = make(pycontribs, "work", timetracking={"originalEstimate": "1d"})
    work = pycontribs.add_worklog(issue, timeSpent="2h", comment="looked")
    assert pycontribs.issue(issue.key).fields.timetracking.remainingEstimate == "6h"
    assert [row.comment for row in pycontribs.worklogs(issue)] == ["looked"]
    work.update(timeSpent="1h")
    assert pycontribs.worklog(issue, work.id).timeSpent == "1h"
    work.delete()
    assert pycontribs.worklogs(issue) == []


def test_pycontribs_administers_a_project(pycontribs: JIRA) -> None:
    pycontribs.create_project("ADM", "Administered")
    version = pycontribs.create_version("1.0", "ADM", releaseDate="2026-01-02")
    component = pycontribs.create_component("Disk", "ADM", leadUserName="bob")
    assert [row.name for row in pycontribs.project_versions("ADM")] == ["1.0"]
    assert [row.name for row in pycontribs.project_components("ADM")] == ["Disk"]
    issue = make(
        pycontribs, project={"key": "ADM"}, fixVersions=[{"id": version.id}],
        components=[{"name": "Disk"}],
    )  # fmt: skip
    assert pycontribs.version_count_unresolved_issues(version.id) == 1
    assert pycontribs.component_count_related_issues(component.id) == 1
    version.update(released=True)
    found = pycontribs.search_issues("fixVersion in releasedVersions(ADM)")
    assert [row.key for row in found] == [issue.key]
    role = pycontribs.project_role("ADM", pycontribs.project_roles("ADM")["Developers"]["id"])
    role.add_user(users=["bob"])
    assert "bob" in [actor.name for actor in pycontribs.project_role("ADM", role.id).actors]
    version.delete()
    assert pycontribs.issue(issue.key).fields.fixVersions == []
    assert pycontribs.delete_project("ADM") is True
    with pytest.raises(JIRAError):
        pycontribs.project("ADM")


def test_pycontribs_keeps_groups_filters_and_properties(pycontribs: JIRA) -> None:
    assert pycontribs.add_group("ops") is True
    pycontribs.add_user_to_group("bob", "ops")
    assert [*pycontribs.group_members("ops")] == ["bob"]
    assert "ops" in pycontribs.groups()
    pycontribs.remove_user_from_group("bob", "ops")
    assert pycontribs.remove_group("ops") is True
    issue = make(pycontribs, labels=["kept"])
    made = pycontribs.create_filter("Kept", jql="labels = kept", favourite=True)
    assert made.name in [row.name for row in pycontribs.favourite_filters()]
    assert [row.key for row in pycontribs.search_issues("filter = Kept")] == [issue.key]
    pycontribs.add_issue_property(issue, "tool", {"a": 1})
    assert pycontribs.issue_property(issue, "tool").value.a == 1
    may = pycontribs.my_permissions(projectKey="CK")["permissions"]
    assert may["CREATE_ISSUES"]["havePermission"] is True


@pytest.mark.parametrize("flavour", ["cloud", "server"])
def test_pycontribs_works_with_strict_jiras(flavour: str) -> None:
    users = ["ann@example.com:s3cret"]
    with serve_jira(jira_flavour=flavour, jira_users=users) as site:
        client = JIRA(site.url, basic_auth=("ann@example.com", "s3cret"), max_retries=0)
        issue = make(client, "strict")
        assert [row.key for row in client.search_issues("project = CK")] == [issue.key]
        assert client.assign_issue(issue, "ann@example.com" if flavour == "cloud" else "ann")
        assert client.issue(issue.key).fields.assignee.emailAddress == "ann@example.com"
        client.close()
        stranger = JIRA(site.url, basic_auth=("eve", "x"), max_retries=0, get_server_info=False)
        with pytest.raises(JIRAError) as caught:
            stranger.issue(issue.key)
        assert caught.value.status_code == 401
        stranger.close()


# --- atlassian-python-api


def test_atlassian_works_on_an_issue(atlassian: Jira, tmp_path: Path) -> None:
    one, two = (
        atlassian.issue_create(
            {"project": {"key": "CK"}, "summary": name, "issuetype": {"name": "Task"}}
        )["key"]
        for name in ("one", "two")
    )
    ends = {"inwardIssue": {"key": one}, "outwardIssue": {"key": two}}
    atlassian.create_issue_link({"type": {"name": "Blocks"}, **ends})
    assert "Blocks" in atlassian.get_issue_link_types_names()
    file = tmp_path / "a.txt"
    file.write_text("hello")
    atlassian.add_attachment(one, str(file))
    (attached,) = atlassian.get_attachments_ids_from_issue(one)
    assert atlassian.get_attachment_content(attached["attachment_id"]) == b"hello"
    atlassian.issue_add_watcher(one, "admin")
    assert atlassian.issue_get_watchers(one)["watchCount"] == 1
    atlassian.issue_worklog(one, "2026-01-02T03:04:05.000+0000", 3600, "did it")
    atlassian.create_or_update_issue_remote_links(one, "https://example.com", "x", global_id="g")
    assert atlassian.get_issue_remote_links(one)[0]["object"]["title"] == "x"
    atlassian.set_issue_property(one, "tool", {"a": 1})
    assert atlassian.get_issue_property(one, "tool")["value"] == {"a": 1}
    fields = atlassian.issue(one)["fields"]
    assert (fields["timespent"], fields["issuelinks"][0]["outwardIssue"]["key"]) == (3600, two)
    assert atlassian.issue_editmeta(one)["fields"]["summary"]
    assert [row["to"] for row in atlassian.get_issue_transitions(one)][-1] == "Done"


def test_atlassian_administers(atlassian: Jira) -> None:
    atlassian.create_project_from_raw_json({"key": "RAWS", "name": "Raw", "lead": "admin"})
    assert "RAWS" in [row["key"] for row in atlassian.projects()]
    id_ = atlassian.project("RAWS")["id"]
    atlassian.add_version("RAWS", id_, "1.0")
    assert [row["name"] for row in atlassian.get_project_versions("RAWS")] == ["1.0"]
    atlassian.create_component({"name": "Disk", "project": "RAWS"})
    assert [row["name"] for row in atlassian.get_project_components("RAWS")] == ["Disk"]
    assert "Users" in atlassian.get_project_roles("RAWS")
    atlassian.create_group("raw")
    assert atlassian.get_all_users_from_group("raw")["total"] == 0
    made = atlassian.create_filter("Raw", "project = RAWS")
    assert atlassian.get_permissions("EDIT_ISSUES")["permissions"]["EDIT_ISSUES"]
    assert atlassian.jql(f"filter = {made['id']}")["total"] == 0
    atlassian.delete_project("RAWS")
    assert "RAWS" not in [row["key"] for row in atlassian.projects()]
