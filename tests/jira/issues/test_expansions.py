"""An issue shows beside its fields what `expand` names."""

from __future__ import annotations

from mockkibana.jira.viewer import Viewer

URL = "http://jira.example.com"
READER = Viewer(url=URL)
ANN = "ann@example.com"


def expanded(site, *names, fields=None):
    return site.get_issue("CK-1", READER, fields=fields, expand=names)


def test_unknown_expansions_add_nothing(site, create):
    create()
    assert expanded(site, "nothing") == site.get_issue("CK-1", READER)


def test_whatever_an_issue_announces_is_there(site, create):
    create()
    announced = site.get_issue("CK-1", READER)["expand"].split(",")
    shown = expanded(site, *announced)
    assert shown.keys() >= set(announced)
    assert shown["operations"] == {"linkGroups": []}
    assert shown["versionedRepresentations"]["summary"] == {"1": "Disk full"}


def test_names_and_schema_are_those_of_the_fields_shown(site, create):
    create()
    shown = expanded(site, "names", "schema", fields=["summary", "priority"])
    assert shown["names"] == {"summary": "Summary", "priority": "Priority"}
    assert shown["schema"]["priority"] == {"type": "priority", "system": "priority"}
    every = expanded(site, "names", "schema")
    assert every["names"].keys() == every["schema"].keys() == every["fields"].keys()


def test_transitions_and_edit_metadata_are_those_of_their_own_requests(site, create):
    create()
    shown = expanded(site, "transitions", "editmeta")
    assert shown["transitions"] == site.transitions("CK-1", READER)["transitions"]
    assert shown["editmeta"] == site.edit_meta("CK-1", READER)


def test_edit_metadata_has_the_fields_of_the_issues_type_by_id(site, create):
    create()
    fields = site.edit_meta("CK-1", READER)["fields"]
    assert "project" not in fields
    assert fields["labels"]["operations"] == ["add", "set", "remove"]
    assert "hasDefaultValue" not in fields["labels"]


def test_edit_metadata_has_the_comment_that_an_edit_may_add(site, create):
    create()
    assert site.edit_meta("CK-1", READER)["fields"]["comment"] == {
        "required": False,
        "schema": {"type": "comments-page", "system": "comment"},
        "name": "Comment",
        "key": "comment",
        "fieldId": "comment",
        "operations": ["add"],
    }


def test_rich_text_is_rendered_as_html(site, create):
    create(description="a < b\nc\n\nd")
    site.add_comment("CK-1", {"body": "x & y"}, Viewer(ANN, URL))
    rendered = expanded(site, "renderedFields")["renderedFields"]
    assert rendered["description"] == "<p>a &lt; b<br/>c</p>\n\n<p>d</p>"
    assert rendered["environment"] == ""
    assert rendered["summary"] is None
    (comment,) = rendered["comment"]["comments"]
    assert comment["body"] == "<p>x &amp; y</p>"
