"""Roles in Kibana's form and in Elasticsearch's."""

from __future__ import annotations

from string import ascii_letters, ascii_lowercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockkibana.kibana.features import registered
from mockkibana.kibana.role_forms import to_elasticsearch, to_kibana
from mockkibana.kibana.role_schema import PutRole
from mockkibana.settings.release import release_of


def told(descriptor):
    """Return what Kibana makes of an application's entries."""
    role = to_kibana("r", {"metadata": {}, **descriptor}, registered(release_of("8.19.0")))
    return role["kibana"], role["_transform_error"], role["_unrecognized_applications"]


def kibana(*privileges, on=("*",), application="kibana-.kibana"):
    return {"application": application, "privileges": [*privileges], "resources": [*on]}


@pytest.mark.parametrize(
    ("applications", "expected"),
    [
        ([], ([], [], [])),
        ([kibana("all")], ([{"base": ["all"], "feature": {}, "spaces": ["*"]}], [], [])),
        (
            [kibana("*", application="*")],
            ([{"base": [], "feature": {}, "spaces": ["*"]}], [], []),
        ),
        (
            [kibana("reserved_monitoring", application="kibana-*")],
            (
                [{"_reserved": ["monitoring"], "base": [], "feature": {}, "spaces": ["*"]}],
                [],
                [],
            ),
        ),
        (
            [kibana("feature_a.x", "feature_b.y", "feature_a.x", "feature_a.z")],
            ([{"base": [], "feature": {"a": ["x", "z"], "b": ["y"]}, "spaces": ["*"]}], [], []),
        ),
        # An unknown privilege is neither told nor an error.
        (
            [kibana("custom", on=["space:a"])],
            ([{"base": [], "feature": {}, "spaces": ["a"]}], [], []),
        ),
        (
            [
                kibana("read", application="b"),
                kibana("x", application="a"),
                kibana("y", application="b"),
            ],
            ([], [], ["b", "a"]),
        ),
    ],
    ids=["nothing", "global", "superuser", "reserved", "features", "unknown", "foreign"],
)
def test_entries_of_applications_are_told_in_kibanas_form(applications, expected):
    assert told({"applications": applications}) == expected


@pytest.mark.parametrize(
    "applications",
    [
        [kibana("all", application="*")],
        [kibana("reserved_monitoring")],
        [kibana("space_all")],
        [kibana("all", on=["space:a"])],
        [kibana("reserved_x", application="kibana-*", on=["space:a"])],
        [kibana("all", "feature_actions.read")],
        [kibana("space_all", "feature_actions.read", on=["space:a"])],
        [kibana("feature_actions.read", on=["*", "space:a"])],
        [kibana("space_all", on=["default"])],
        [kibana("space_all", on=["space:a"]), kibana("space_read", on=["space:a"])],
        [kibana("feature_fleetv2.all", on=["space:a"])],
        [kibana("feature_actions.a;;")],
    ],
    ids=[
        "base for any application",
        "reserved of kibana's own",
        "space base everywhere",
        "global base in a space",
        "reserved in a space",
        "base and feature",
        "space base and feature",
        "everywhere and a space",
        "no resource of a space",
        "a space twice",
        "a feature of all spaces in one",
        "no privilege of a feature",
    ],
)
def test_what_kibanas_form_cannot_say_is_a_transform_error(applications):
    assert told({"applications": applications}) == ([], ["kibana"], [])


def test_a_privilege_that_a_feature_has_not_is_a_transform_error_for_that_version():
    descriptor = {"applications": [kibana("feature_savedQueryManagement.read")], "metadata": {}}
    error_in = [
        to_kibana("r", descriptor, registered(release_of(f"8.{minor}.0")))["_transform_error"]
        for minor in (17, 18)
    ]
    assert error_in == [["kibana"], []]


def _distinct(words, **sizes):
    return st.lists(words, unique=True, **sizes)


# Text of an alphabet is drawn several times as fast as that of a regular expression.
WORDS = st.text(f"{ascii_letters}{digits}_-", min_size=1, max_size=8)
SPACE_IDS = st.text(f"{ascii_lowercase}{digits}_-", min_size=1, max_size=8)
GRANTED = st.one_of(
    st.fixed_dictionaries(
        {"base": _distinct(st.sampled_from(["all", "read"]), min_size=1), "feature": st.just({})}
    ),
    st.fixed_dictionaries(
        {
            "base": st.just([]),
            "feature": st.dictionaries(WORDS, _distinct(WORDS, min_size=1), min_size=1),
        }
    ),
)


@st.composite
def roles(draw):
    """Draw roles of Kibana's form, as they are answered."""
    spaces = draw(_distinct(SPACE_IDS, min_size=1, max_size=6))
    parts = [["*"], spaces[:2], spaces[2:]] if draw(st.booleans()) else [spaces]
    entries = [{**draw(GRANTED), "spaces": part} for part in parts if part]
    return {"metadata": draw(st.dictionaries(WORDS, st.integers())), "kibana": entries}


@given(roles())
def test_what_kibana_puts_into_elasticsearch_it_reads_out_again(role):
    body = to_elasticsearch(PutRole().load(role), None)
    assert to_kibana("r", body, ()) == {
        "name": "r",
        "metadata": role["metadata"],
        "transient_metadata": {"enabled": True},
        "elasticsearch": {"cluster": [], "indices": [], "run_as": []},
        "kibana": role["kibana"],
        "_transform_error": [],
        "_unrecognized_applications": [],
    }


@given(roles(), roles())
def test_a_second_put_leaves_nothing_of_the_first_but_what_is_not_kibanas(first, second):
    foreign = kibana("x", application="other")
    known = to_elasticsearch(PutRole().load(first), {"applications": [foreign]})
    body = to_elasticsearch(PutRole().load(second), known)
    assert body["applications"][-1] == foreign
    assert to_kibana("r", body, ())["kibana"] == second["kibana"]
