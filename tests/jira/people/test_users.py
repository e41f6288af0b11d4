"""Users are made from what credentials tell, and found by each of their names."""

from __future__ import annotations

from hashlib import sha256

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)


@pytest.mark.parametrize(
    ("credentials", "name", "email", "display"),
    [
        pytest.param(
            "elastic@example.com", "elastic", "elastic@example.com", "Elastic", id="an address"
        ),
        pytest.param(
            "ann.lee@example.com", "ann.lee", "ann.lee@example.com", "Ann Lee", id="first and last"
        ),
        pytest.param("elastic", "elastic", "elastic@example.com", "Elastic", id="a name"),
        pytest.param("José B", "José B", "Jos..B@example.com", "José B", id="a name with a space"),
        pytest.param("@example.com", "@example.com", "@example.com", "@example.com", id="no name"),
        pytest.param(None, "admin", "admin@example.com", "Admin", id="nobody"),
    ],
)
def test_a_caller_is_named_after_the_credentials(site, credentials, name, email, display):
    me = site.myself(Viewer(credentials, URL))
    assert (me["name"], me["key"]) == (name, name)
    assert (me["emailAddress"], me["displayName"]) == (email, display)
    assert me["locale"] == "en_US"


def test_a_user_has_the_identifiers_of_a_server_and_of_cloud(site):
    assert site.user("ann", READER) == {
        "self": f"{URL}/rest/api/2/user?username=ann",
        "key": "ann",
        "name": "ann",
        "accountId": sha256(b"ann@example.com").hexdigest()[:24],
        "accountType": "atlassian",
        "emailAddress": "ann@example.com",
        "avatarUrls": {
            "48x48": f"{URL}/secure/useravatar?avatarId=10122",
            "24x24": f"{URL}/secure/useravatar?size=small&avatarId=10122",
            "16x16": f"{URL}/secure/useravatar?size=xsmall&avatarId=10122",
            "32x32": f"{URL}/secure/useravatar?size=medium&avatarId=10122",
        },
        "displayName": "Ann",
        "active": True,
        "timeZone": "Etc/UTC",
    }


def test_a_name_in_an_address_is_quoted(site):
    assert site.myself(Viewer("a&b=c@x.example.com", URL))["self"].endswith(
        "user?username=a%26b%3Dc"
    )


def test_looking_at_oneself_writes_nothing_and_shows_what_writing_will_store(site, store):
    before = store.digest()
    me = site.myself(Viewer("new@example.com", URL))
    assert store.digest() == before
    site.ensure_project("CK", "new@example.com")
    assert store.digest() != before
    assert site.myself(Viewer("new@example.com", URL)) == me


def test_the_account_id_follows_from_the_address_alone(site):
    assert (
        site.myself(Viewer("Ann@Example.com", URL))["accountId"]
        == site.myself(Viewer("ann@example.com", URL))["accountId"]
        != site.myself(Viewer("ann@example.org", URL))["accountId"]
    )


def test_two_people_with_the_same_name_at_different_hosts_are_two_users(site):
    site.ensure_project("CK", "ann@example.org")
    assert site.user("ann", READER)["emailAddress"] == "ann@example.com"
    assert site.user("ann@example.org", READER)["name"] == "ann@example.org"


@pytest.mark.parametrize("by", ["name", "emailAddress", "accountId"])
def test_a_user_is_found_by_each_identifier(site, by):
    user = site.user("ann", READER)
    assert site.user(user[by], READER) == user


def test_a_user_that_is_not_there(site):
    with pytest.raises(JiraError) as refusal:
        site.user("bob", READER)
    assert refusal.value.status == 404
    assert refusal.value.body() == {
        "errorMessages": ["Specified user does not exist or you do not have required permissions"],
        "errors": {},
    }


def test_callers_find_themselves_before_they_have_written_anything(site):
    assert site.user("bob", Viewer("bob", URL))["name"] == "bob"
    assert [user["name"] for user in site.users("bob", Viewer("bob", URL))] == ["bob"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param("ann", ["ann"], id="a name"),
        pytest.param("AN", ["ann"], id="a part, in any case"),
        pytest.param("example.com", ["admin", "ann"], id="an address"),
        pytest.param(".", ["admin", "ann"], id="a dot is everybody"),
        pytest.param("", ["admin", "ann"], id="nothing is everybody"),
        pytest.param("bob", [], id="nobody"),
    ],
)
def test_a_search_for_users(site, query, names):
    assert [user["name"] for user in site.users(query, READER)] == names


def test_who_can_be_assigned_in_a_project_is_who_works_in_it(seeded):
    site = seeded({"users": ["bob"], "projects": [{"key": "CK", "users": ["ann@example.com"]}]})
    assert [user["name"] for user in site.users("", READER, project="CK")] == ["ann"]


def test_a_seed_may_say_who_the_administrator_is(seeded):
    site = seeded({"users": [{"name": "admin", "emailAddress": "root@example.com"}]})
    assert site.myself(READER)["emailAddress"] == "root@example.com"
    assert [user["name"] for user in site.users("", READER)] == ["admin"]
