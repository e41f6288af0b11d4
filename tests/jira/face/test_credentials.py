"""With users configured, Jira takes their credentials and no others."""

from __future__ import annotations

import pytest

USERS = ("ann@example.com:s3cret", "bob@example.com:t0ken")
CLIENT = "Client must be authenticated to access this resource."


@pytest.fixture
def jira(serve):
    return serve(jira_users=USERS)


@pytest.mark.parametrize("user", ["ann@example.com:s3cret", "ann:s3cret", "ANN@example.com:s3cret"])
def test_basic_credentials_pass(jira, user):
    assert jira.get("myself", user)["name"] == "ann"


def test_a_token_alone_names_its_user(jira):
    answer = jira.send("GET", "myself", user=None, authorization="Bearer t0ken")
    assert answer.body["name"] == "bob"
    assert answer.headers["X-AUSERNAME"] == "bob@example.com"


@pytest.mark.parametrize(
    "user", ["ann:wrong", "ann@example.com:t0ken", "eve@example.com:s3cret", "ann", "ann:"]
)
def test_wrong_credentials_are_refused(jira, user):
    answer = jira.send("GET", "myself", user=user)
    assert (answer.status, answer.body) == (401, {"message": CLIENT, "status-code": 401})
    assert answer.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"
    assert answer.headers["WWW-Authenticate"] == 'OAuth realm="http://jira.example.com"'


def test_a_server_says_it_in_a_page(serve):
    jira = serve(jira_flavour="server", jira_users=USERS)
    answer = jira.send("GET", "myself", user="ann:wrong")
    assert answer.status == 401
    assert answer.headers["Content-Type"] == "text/html;charset=UTF-8"
    assert "Basic Authentication Failure - Reason : AUTHENTICATED_FAILED" in answer.body


def test_anonymous_callers_see_the_server_alone(jira):
    assert jira.get("serverInfo", None)
    assert jira.refused("GET", "issue/CK-1", user=None) == (
        401,
        ["You are not authenticated. Authentication required to perform this operation."],
    )
    assert jira.refused("POST", "issue", {"fields": {}}, None)[0] == 401


def test_a_session_begins_with_the_same_credentials(jira):
    target = "/rest/auth/1/session"
    good = {"username": "ann", "password": "s3cret"}
    cookie = jira.send("POST", target, good, None).headers["Set-Cookie"].partition(";")[0]
    assert jira.send("GET", "myself", user=None, cookie=cookie).body["name"] == "ann"
    forged = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
    assert jira.send("GET", "myself", user=None, cookie=forged).status == 401
    assert jira.refused("POST", target, {**good, "password": "x"}, None)[0] == 401


def test_no_answer_repeats_a_token(jira):
    for user in ("ann:s3cret", "ann:wrong"):
        assert "s3cret" not in str(jira.send("GET", "myself", user=user))
    assert "s3cret" not in repr(jira.site.installation.settings)
