"""Whatever a request or a seed holds is taken or refused, whole, and never a bug."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mockkibana.jira.errors import BadSeed, JiraError
from mockkibana.jira.site import Site
from mockkibana.jira.viewer import Viewer
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

URL = "http://jira.example.com"
READER = Viewer(url=URL)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
WORDS = st.sampled_from(
    ["CK", "CK-1", "CK-2", "Task", "Sub-task", "Epic", "10006", "10000", "High", "admin", "31", "a"]
)
NAMES = st.sampled_from(["id", "key", "name", "value", "accountId", "add", "set", "remove", "body"])
VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    """summary issuetype project reporter description priority labels assignee components versions
    duedate environment attachment parent customfield_1 customfield_2 customfield_3 comment status
    resolution foo""".split()  # noqa: SIM905
)
GOOD = {"project": {"key": "CK"}, "issuetype": {"name": "Task"}, "summary": "x"}
PROJECT = {
    "key": "CK",
    "components": ["a"],
    "fields": [
        {"id": "customfield_1", "name": "One", "allowedValues": ["a"]},
        {"id": "customfield_2", "name": "Two", "schema": {"type": "array", "items": "option"}},
        {"id": "customfield_3", "name": "Three", "schema": "datetime"},
    ],
}


def refusal_of(call, kind):
    try:
        call()
    except kind as refusal:
        return refusal
    return None


def restore(block, store, site):
    with store.transaction() as transaction:
        site.restore(block, transaction)


def new_site():
    store = Store()
    site = Site(store, Installation())
    with store.transaction() as transaction:
        issues = [
            {"key": "CK-1", "summary": "one", "comments": ["x"]},
            {"key": "CK-2", "summary": "two", "parent": "CK-1"},
        ]
        site.restore({"projects": [PROJECT], "issues": issues}, transaction)
    return store, site


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(FIELDS, VALUES, max_size=3),
    st.dictionaries(FIELDS, VALUES, max_size=2),
    VALUES,
    st.sampled_from(["2", "3"]),
)
def test_a_request_is_done_or_refused(fields, update, value, version):
    store, site = new_site()
    body = {"fields": fields, "update": update}
    created = {"fields": GOOD | fields, "update": update}
    calls = [
        lambda: site.create_issue(created, Viewer(version=version)),
        lambda: site.edit_issue("CK-1", body, Viewer(version=version)),
        lambda: site.edit_issue("CK-2", body, Viewer(version=version)),
        lambda: site.transition(
            "CK-1", {"transition": {"id": "31"}, **body}, Viewer(version=version)
        ),
        lambda: site.transition("CK-1", {"transition": value}, Viewer(version=version)),
        lambda: site.add_comment("CK-1", {"body": value}, Viewer(url=URL, version=version)),
        lambda: site.add_comment("CK-1", value, Viewer(url=URL, version=version)),
        lambda: site.edit_comment(
            "CK-1", "10000", {"body": value}, Viewer(url=URL, version=version)
        ),
        lambda: site.assign_issue("CK-1", value),
        lambda: site.create_issue(value, Viewer(version=version)),
    ]
    for call in calls:
        before = store.digest()
        if (refusal := refusal_of(call, JiraError)) is not None:
            assert 400 <= refusal.status < 500
            assert refusal.error_messages or refusal.errors
            assert store.digest() == before
    for issue in site.issues():
        site.get_issue(
            issue["id"], Viewer(url=URL, version=version), expand=["changelog", "renderedFields"]
        )
    copy = Store()
    with copy.transaction() as transaction:
        Site(copy, Installation()).restore(site.dump(), transaction)
    assert copy.digest() == store.digest()


SEED_KEYS = st.sampled_from(
    """key id name issue_types fields required components versions users lead allow_unknown_fields
    summary issuetype status priority labels comments changelog parent created author body schema
    allowedValues project assignee description customfield_1 resolution counters
    operations hasDefaultValue autoCompleteUrl
    required_level defaultValue roles screens category watchers voters worklogs attachments
    remoteLinks timetracking inward outward type jql owner favourites url events filters
    excludeBody enabled user group timeSpent filename content""".split()  # noqa: SIM905
)
SEED_VALUES = st.recursive(
    SCALARS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SEED_KEYS, inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        """users projects issues counters auto_create_projects fields groups categories links
        filters webhooks""".split()  # noqa: SIM905
    ),
    SEED_VALUES,
    st.dictionaries(SEED_KEYS, SEED_VALUES, max_size=3),
)
def test_a_seed_is_taken_or_refused(part, value, more):
    for block in ({part: value}, {part: [value]}, {part: [{"key": "CK-5", "summary": "x"} | more]}):
        store, site = new_site()
        before = store.digest()
        problem = refusal_of(lambda: restore(block, store, site), BadSeed)  # noqa: B023
        if problem is not None:
            assert problem.path.startswith("jira")
            assert store.digest() == before
        copy = Store()
        with copy.transaction() as transaction:
            Site(copy, Installation()).restore(site.dump(), transaction)
        assert copy.digest() == store.digest()
        for issue in site.issues():
            site.get_issue(issue["id"], READER, expand=["changelog"])
        site.catalogue.fields()
        site.create_project("LATER")
        for project in site.projects(READER):
            for kind in site.catalogue.create_meta_types(project["key"], READER):
                site.catalogue.create_meta_fields(project["key"], kind["id"], READER)


def test_a_site_goes_on_in_time_after_a_restart(tmp_path, clock):
    def open_site():
        store = Store(tmp_path / "db")
        return store, Site(store, Installation(clock=clock))

    store, site = open_site()
    site.ensure_project("CK", "ann@example.com")
    site.create_issue({"fields": GOOD})
    before = site.get_issue("CK-1", READER)["fields"]["updated"]
    store.close()
    store, site = open_site()
    assert site.get_issue("CK-1", READER)["fields"]["updated"] == before
    site.edit_issue("CK-1", {"fields": {"summary": "y"}})
    assert site.get_issue("CK-1", READER)["fields"]["updated"] > before
    assert site.create_issue({"fields": GOOD}) == {"id": "10001", "key": "CK-2"}
    store.close()
