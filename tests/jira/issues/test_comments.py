"""Comments are added, edited and deleted, and each change updates the issue."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import JiraError
from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"
BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
DOCUMENT = {
    "type": "doc",
    "version": 1,
    "content": [{"type": "paragraph", "content": [{"type": "text", "text": "one"}]}],
}


@pytest.fixture
def key(create):
    return create()


def test_a_comment(site, key):
    comment = site.add_comment(key, {"body": "Looking into it"}, Viewer(ANN, URL))
    ann = site.user("ann", READER)
    assert comment == {
        "self": f"{URL}/rest/api/2/issue/10000/comment/10000",
        "id": "10000",
        "author": ann,
        "body": "Looking into it",
        "updateAuthor": ann,
        "created": comment["created"],
        "updated": comment["created"],
        "jsdPublic": True,
    }
    assert site.comment(key, "10000", READER) == comment
    assert site.comments("10000", READER) == [comment]
    issue = site.get_issue(key, READER)["fields"]
    assert issue["updated"] == comment["created"] > issue["created"]


@pytest.mark.parametrize(
    "visibility",
    [
        pytest.param({"type": "role", "value": "Developers"}, id="a role"),
        pytest.param({"type": "role", "identifier": "10001"}, id="a role's id"),
        pytest.param({"type": "group", "value": "jira-software-users"}, id="a group"),
    ],
)
def test_a_comment_may_be_for_a_role_or_a_group(site, key, visibility):
    body = {"body": "x", "visibility": visibility}
    assert site.add_comment(key, body, Viewer(ANN, URL))["visibility"] == visibility


@pytest.mark.parametrize(
    ("visibility", "answer"),
    [
        pytest.param(
            {"type": "role", "value": "Nobodies"},
            {
                "errorMessages": [],
                "errors": {"commentLevel": "Role with id: Nobodies does not exist."},
            },
            id="a role that is none",
        ),
        pytest.param(
            {"type": "role", "value": ["Users"]},
            {"errorMessages": [BAD_PAYLOAD], "errors": {}},
            id="a role that is a list",
        ),
        pytest.param(
            {"type": "user", "value": "ann"},
            {"errorMessages": [BAD_PAYLOAD], "errors": {}},
            id="neither a role nor a group",
        ),
        pytest.param("Users", {"errorMessages": [BAD_PAYLOAD], "errors": {}}, id="a text"),
    ],
)
def test_a_comment_for_what_is_not_there_is_refused(site, store, key, visibility, answer):
    site.add_comment(key, {"body": "x"}, Viewer(ANN))
    body = {"body": "x", "visibility": visibility}
    before = store.digest()
    for call in (
        lambda: site.add_comment(key, body, Viewer(ANN)),
        lambda: site.edit_comment(key, "10000", body, Viewer(ANN)),
        lambda: site.edit_issue(key, {"update": {"comment": [{"add": body}]}}, Viewer(ANN)),
    ):
        with pytest.raises(JiraError) as refusal:
            call()
        assert (refusal.value.status, refusal.value.body()) == (400, answer)
    assert store.digest() == before


def test_a_comments_visibility_is_kept(site, key):
    visibility = {"type": "role", "value": "Administrators"}
    body = {"body": "x", "visibility": visibility, "properties": []}
    assert site.add_comment(key, body, Viewer(ANN, URL))["visibility"] == visibility
    changed = site.edit_comment(key, "10000", {"body": "y"}, Viewer(ANN, URL))
    assert changed["visibility"] == visibility
    assert "visibility" not in site.edit_comment(
        key, "10000", {"body": "y", "visibility": None}, Viewer(ANN, URL)
    )


def test_a_comment_is_edited(site, key):
    created = site.add_comment(key, {"body": "one"}, Viewer(ANN, URL))
    edited = site.edit_comment(key, "10000", {"body": "two"}, Viewer("bob@example.com", URL))
    assert edited["body"] == "two"
    assert (edited["author"]["name"], edited["updateAuthor"]["name"]) == ("ann", "bob")
    assert edited["created"] == created["created"] < edited["updated"]
    assert site.get_issue(key, READER)["fields"]["updated"] == edited["updated"]


def test_a_deleted_comment_is_gone_and_its_id_with_it(site, key):
    for text in ("one", "two", "three"):
        site.add_comment(key, {"body": text}, Viewer(ANN, URL))
    before = site.get_issue(key, READER)["fields"]["updated"]
    site.delete_comment(key, "10001")
    assert [comment["body"] for comment in site.comments(key, READER)] == ["one", "three"]
    assert site.get_issue(key, READER)["fields"]["updated"] > before
    assert site.add_comment(key, {"body": "four"}, Viewer(ANN, URL))["id"] == "10003"


def test_comment_ids_count_in_the_site(site, create):
    ids = [site.add_comment(create(), {"body": "x"}, Viewer(ANN, URL))["id"] for _ in range(3)]
    assert ids == ["10000", "10001", "10002"]


def test_an_issue_shows_its_comments(site, key):
    for text in ("one", "two"):
        site.add_comment(key, {"body": text}, Viewer(ANN, URL))
    page = site.get_issue(key, READER)["fields"]["comment"]
    assert page == {
        "comments": site.comments(key, READER),
        "self": f"{URL}/rest/api/2/issue/10000/comment",
        "maxResults": 2,
        "total": 2,
        "startAt": 0,
    }


EMPTY = "Comment body can not be empty!"
UNREADABLE = "There was an error parsing JSON. Check that your request body is valid."
TOO_LONG = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."


@pytest.mark.parametrize(
    ("version", "body", "messages", "errors"),
    [
        pytest.param("2", {}, [], {"comment": EMPTY}, id="no body"),
        pytest.param("2", {"body": None}, [], {"comment": EMPTY}, id="null"),
        pytest.param("2", {"body": ""}, [], {"comment": EMPTY}, id="empty"),
        pytest.param("2", {"body": " \n"}, [], {"comment": EMPTY}, id="blank"),
        pytest.param(
            "2",
            {"body": DOCUMENT},
            [],
            {"comment": "Operation value must be a string"},
            id="a document in version 2",
        ),
        pytest.param("2", {"body": "x" * 32_768}, [], {"comment": TOO_LONG}, id="too long"),
        pytest.param("2", "x", [UNREADABLE], {}, id="a text alone"),
        pytest.param(
            "3",
            {"body": "x"},
            [],
            {"comment": "Comment body is not valid!"},
            id="a text in version 3",
        ),
        pytest.param(
            "3",
            {"body": {"type": "doc", "content": []}},
            [],
            {"comment": "Comment body is not valid!"},
            id="a document without a version",
        ),
        pytest.param(
            "3",
            {"body": {"type": "doc", "version": 1, "content": []}},
            [],
            {"comment": EMPTY},
            id="an empty document",
        ),
    ],
)
def test_a_comment_that_is_refused(site, store, key, version, body, messages, errors):
    site.add_comment(key, {"body": "x"}, Viewer(ANN, URL))
    before = store.digest()
    for call in (
        lambda: site.add_comment(key, body, Viewer(ANN, URL, version)),
        lambda: site.edit_comment(key, "10000", body, Viewer(ANN, URL, version)),
    ):
        with pytest.raises(JiraError) as refusal:
            call()
        assert refusal.value.status == 400
        assert refusal.value.body() == {"errorMessages": messages, "errors": errors}
    assert store.digest() == before


def test_a_comment_is_text_in_version_2_and_a_document_in_version_3(site, key):
    assert site.add_comment(key, {"body": DOCUMENT}, Viewer(ANN, URL, "3"))["body"] == DOCUMENT
    assert site.comment(key, "10000", READER)["body"] == "one"
    assert site.comments(key, Viewer(url=URL, version="3"))[0]["body"] == DOCUMENT


def test_a_comment_that_is_not_there(site, create, key):
    other = create()
    site.add_comment(other, {"body": "x"}, Viewer(ANN, URL))
    for id_ in ("10000", "99", "x"):
        for call in (
            lambda id_=id_: site.comment(key, id_, READER),
            lambda id_=id_: site.edit_comment(key, id_, {"body": "x"}, Viewer(ANN, URL)),
            lambda id_=id_: site.delete_comment(key, id_),
        ):
            with pytest.raises(JiraError) as refusal:
                call()
            assert refusal.value.status == 404
            assert refusal.value.error_messages == [f"Can not find a comment for the id: {id_}."]


def test_adding_a_comment_writes_no_other_comment(site, store, key):
    for _ in range(20):
        site.add_comment(key, {"body": "x"}, Viewer(ANN, URL))
    with store.transaction() as transaction:
        site.add_comment(key, {"body": "x"}, Viewer(ANN, URL))
        written = [change[2] for change in transaction.changes if change[1] == "jira:comments"]
    assert [list(documents) for documents in written] == [["10020"]]
