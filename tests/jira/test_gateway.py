"""The Jira connector reaches the site in its process with plain values."""

from __future__ import annotations

import pytest

from mockkibana.gateways import JiraAccess, JiraGateway
from mockkibana.http.messages import Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.gateway import EmbeddedJira
from mockkibana.jira.site import Site
from mockkibana.store import Store

ANN = "ann@example.com"
ACCESS = JiraAccess("https://jira.example.com/base", "CK", ANN, "token")
ISSUE = "/rest/api/2/issue"
FIELDS = {"fields": {"project": {"key": "CK"}, "issuetype": {"id": "10006"}, "summary": "s"}}


def gateway_to(site: Site) -> JiraGateway:
    return EmbeddedJira(site, JiraFace(site))


def test_the_authorization_is_email_and_token() -> None:
    assert ACCESS.authorization == "Basic YW5uQGV4YW1wbGUuY29tOnRva2Vu"
    umlauts = JiraAccess("", "", "ü", "€")
    assert umlauts.authorization == "Basic w7w64oKs"


def test_an_answer_has_a_value_for_a_body_and_lower_case_headers(site: Site) -> None:
    answer = gateway_to(site).request(ACCESS, "POST", ISSUE, FIELDS)
    assert answer.status == 201
    assert answer.body["key"] == "CK-1"
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert all(name == name.lower() for name in answer.headers)


def test_the_connectors_url_is_the_base_of_every_self(site: Site) -> None:
    gateway = gateway_to(site)
    created = gateway.request(ACCESS, "POST", ISSUE, FIELDS).body
    assert created["self"] == f"https://jira.example.com/base{ISSUE}/{created['id']}"
    elsewhere = JiraAccess("http://127.0.0.1:8080", "CK", ANN, "token")
    shown = gateway.request(elsewhere, "GET", f"{ISSUE}/CK-1").body
    assert shown["self"] == f"http://127.0.0.1:8080{ISSUE}/{created['id']}"


def test_the_connectors_user_is_the_reporter(site: Site) -> None:
    gateway = gateway_to(site)
    gateway.request(ACCESS, "POST", ISSUE, FIELDS)
    issue = gateway.request(ACCESS, "GET", f"{ISSUE}/CK-1").body
    assert issue["fields"]["reporter"]["emailAddress"] == ANN


def test_path_query_and_fragment_are_told_apart(site: Site) -> None:
    gateway = gateway_to(site)
    gateway.request(ACCESS, "POST", ISSUE, FIELDS)
    found = gateway.request(ACCESS, "GET", "/rest/api/2/search?jql=project%3DCK&fields=summary#x")
    assert [row["fields"] for row in found.body["issues"]] == [{"summary": "s"}]
    assert gateway.request(ACCESS, "GET", f"{ISSUE}/CK-1#comments").body["key"] == "CK-1"
    assert gateway.request(ACCESS, "GET", f"{ISSUE}/CK%2D1").body["key"] == "CK-1"


def test_a_change_without_an_answer_still_has_a_content_type(site: Site) -> None:
    gateway = gateway_to(site)
    gateway.request(ACCESS, "POST", ISSUE, FIELDS)
    answer = gateway.request(ACCESS, "PUT", f"{ISSUE}/CK-1", {"fields": {"summary": "t"}})
    assert (answer.status, answer.body) == (204, None)
    assert "application/json" in answer.headers["content-type"]


def test_an_error_is_an_answer(site: Site) -> None:
    answer = gateway_to(site).request(ACCESS, "GET", f"{ISSUE}/CK-9")
    assert (answer.status, answer.body["errors"]) == (404, {})
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_the_first_request_makes_the_project_and_a_later_one_writes_nothing(
    site: Site, store: Store
) -> None:
    gateway = gateway_to(site)
    access = JiraAccess("https://jira.example.com", "NEW", "bob@example.com", "token")
    path = "/rest/api/2/project/NEW"
    project = gateway.request(access, "GET", path).body
    assert (project["key"], project["lead"]["emailAddress"]) == ("NEW", "bob@example.com")
    before = store.digest()
    gateway.request(access, "GET", path)
    assert store.digest() == before


def test_a_run_makes_its_project_once(site: Site, store: Store) -> None:
    first = gateway_to(site)
    first.request(ACCESS, "GET", "/rest/api/2/project/CK")
    store.drop_tables()
    assert first.request(ACCESS, "GET", "/rest/api/2/project/CK").status == 404
    assert gateway_to(site).request(ACCESS, "GET", "/rest/api/2/project/CK").status == 200


@pytest.mark.parametrize(
    ("email", "name"),
    [("ann@example.com:x", "ann"), ("\udc80", "?"), (":x", "admin")],
    ids=["a colon", "half of a surrogate pair", "nobody"],
)
def test_the_user_is_whom_basic_credentials_would_name(site: Site, email: str, name: str) -> None:
    access = JiraAccess("https://jira.example.com", "CK", email, "token")
    shown = gateway_to(site).request(access, "GET", "/rest/api/2/myself").body
    over_http = JiraFace(site).handle(
        Request("GET", "/rest/api/2/myself", headers={"authorization": access.authorization})
    )
    assert shown["name"] == over_http.body["name"] == name


def test_a_project_key_may_be_in_lower_case(site: Site) -> None:
    gateway = gateway_to(site)
    access = JiraAccess("https://jira.example.com", "ck", ANN, "token")
    fields = {**FIELDS["fields"], "project": {"key": "ck"}}
    created = gateway.request(access, "POST", ISSUE, {"fields": fields})
    assert created.body["key"] == "CK-1"
    assert [row["key"] for row in site.projects()] == ["CK"]
