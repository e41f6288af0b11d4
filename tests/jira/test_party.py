"""The Jira connector reaches the site in its process with plain values."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.party import JiraParty
from mockkibana.jira.site import Site
from mockkibana.journal import Made, RunRecord
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound, basic
from mockkibana.outbound.party import Box
from mockkibana.settings import Settings
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

ANN = "ann@example.com"


@dataclass(frozen=True)
class Access:
    """What a connector says of its Jira."""

    url: str = "https://jira.example.com/base"
    project_key: str = "CK"
    email: str = ANN


ACCESS = Access()
ISSUE = "/rest/api/2/issue"
FIELDS = {"fields": {"project": {"key": "CK"}, "issuetype": {"id": "10006"}, "summary": "s"}}


class Run:
    """One run's conversation with the site."""

    def __init__(self, site: Site) -> None:
        self._party = JiraParty(site, JiraFace(site))
        self.record = RunRecord("j", ".jira", "Jira", "default")
        self._box: Box | None = None

    def request(self, access: Access, method: str, path: str, body: Json = None) -> Answer:
        if self._box is None:
            self._box = Box(
                self.record, {"projectKey": access.project_key}, Installation(), Store()
            )
        auth = access.email, "token"
        message = Outbound(method, access.url + path, body=body, base=access.url, auth=auth)
        answer = self._party.receive(message, self._box)
        self._box.begun = True
        return answer


def test_an_answer_has_a_value_for_a_body_and_lower_case_headers(site: Site) -> None:
    answer = Run(site).request(ACCESS, "POST", ISSUE, FIELDS)
    assert answer.status == 201
    assert answer.body["key"] == "CK-1"
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert all(name == name.lower() for name in answer.headers)


def test_the_connectors_url_is_the_base_of_every_self(site: Site) -> None:
    run = Run(site)
    created = run.request(ACCESS, "POST", ISSUE, FIELDS).body
    assert created["self"] == f"https://jira.example.com/base{ISSUE}/{created['id']}"
    elsewhere = Access("http://127.0.0.1:8080", "CK", ANN)
    shown = run.request(elsewhere, "GET", f"{ISSUE}/CK-1").body
    assert shown["self"] == f"http://127.0.0.1:8080{ISSUE}/{created['id']}"


def test_the_connectors_user_is_the_reporter(site: Site) -> None:
    run = Run(site)
    run.request(ACCESS, "POST", ISSUE, FIELDS)
    issue = run.request(ACCESS, "GET", f"{ISSUE}/CK-1").body
    assert issue["fields"]["reporter"]["emailAddress"] == ANN


def test_path_query_and_fragment_are_told_apart(site: Site) -> None:
    run = Run(site)
    run.request(ACCESS, "POST", ISSUE, FIELDS)
    found = run.request(ACCESS, "GET", "/rest/api/2/search?jql=project%3DCK&fields=summary#x")
    assert [row["fields"] for row in found.body["issues"]] == [{"summary": "s"}]
    assert run.request(ACCESS, "GET", f"{ISSUE}/CK-1#comments").body["key"] == "CK-1"
    assert run.request(ACCESS, "GET", f"{ISSUE}/CK%2D1").body["key"] == "CK-1"


def test_a_change_without_an_answer_still_has_a_content_type(site: Site) -> None:
    run = Run(site)
    run.request(ACCESS, "POST", ISSUE, FIELDS)
    answer = run.request(ACCESS, "PUT", f"{ISSUE}/CK-1", {"fields": {"summary": "t"}})
    assert (answer.status, answer.body) == (204, None)
    assert "application/json" in answer.headers["content-type"]


def test_an_error_is_an_answer(site: Site) -> None:
    answer = Run(site).request(ACCESS, "GET", f"{ISSUE}/CK-9")
    assert (answer.status, answer.body["errors"]) == (404, {})
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_the_first_request_makes_the_project_and_a_later_one_writes_nothing(
    site: Site, store: Store
) -> None:
    run = Run(site)
    access = Access("https://jira.example.com", "NEW", "bob@example.com")
    path = "/rest/api/2/project/NEW"
    project = run.request(access, "GET", path).body
    assert (project["key"], project["lead"]["emailAddress"]) == ("NEW", "bob@example.com")
    before = store.digest()
    run.request(access, "GET", path)
    assert store.digest() == before


def test_a_run_makes_its_project_once(site: Site, store: Store) -> None:
    first = Run(site)
    first.request(ACCESS, "GET", "/rest/api/2/project/CK")
    store.drop_tables()
    assert first.request(ACCESS, "GET", "/rest/api/2/project/CK").status == 404
    assert Run(site).request(ACCESS, "GET", "/rest/api/2/project/CK").status == 200


@pytest.mark.parametrize(
    ("email", "name"),
    [("ann@example.com:x", "ann"), ("\udc80", "?"), (":x", "admin")],
    ids=["a colon", "half of a surrogate pair", "nobody"],
)
def test_the_user_is_whom_basic_credentials_would_name(site: Site, email: str, name: str) -> None:
    access = Access("https://jira.example.com", "CK", email)
    shown = Run(site).request(access, "GET", "/rest/api/2/myself").body
    over_http = JiraFace(site).handle(
        Request("GET", "/rest/api/2/myself", headers={"authorization": basic(email, "token")})
    )
    assert shown["name"] == over_http.body["name"] == name


def test_a_project_key_in_lower_case_is_no_project(site: Site) -> None:
    run = Run(site)
    access = Access("https://jira.example.com", "ck", ANN)
    fields = {**FIELDS["fields"], "project": {"key": "ck"}}
    refused = run.request(access, "POST", ISSUE, {"fields": fields})
    assert refused.body["errors"] == {"project": "Specify a valid project ID or key"}
    assert [row["key"] for row in site.projects()] == ["CK"]


def test_an_issue_and_a_comment_are_what_came_of_a_run(site: Site) -> None:
    run = Run(site)
    issue = run.request(ACCESS, "POST", ISSUE, FIELDS).body
    comment = run.request(ACCESS, "POST", f"{ISSUE}/CK-1/comment", {"body": "c"}).body
    run.request(ACCESS, "PUT", f"{ISSUE}/CK-1", {"fields": {"summary": "t"}})
    run.request(ACCESS, "POST", ISSUE, {"fields": {}})
    assert run.record.made == [
        Made("issue", "CK", issue["id"], "CK-1"),
        Made("comment", "CK", comment["id"]),
    ]


@pytest.mark.parametrize(("token", "status"), [("token", 200), ("other", 401)])
def test_a_connector_needs_credentials_that_the_site_takes(token: str, status: int) -> None:
    settings = Settings(jira_users=(f"{ANN}:{token}",))
    site = Site(Store(), Installation(settings))
    answer = Run(site).request(ACCESS, "GET", "/rest/api/2/project/CK")
    assert answer.status == status
