"""What a seed gives the fields of an issue is checked as what a request gives them is."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import BadSeed

TYPES = ("string", "number", "date", "datetime", "user", "array")
FIELDS = [{"name": f"A {type_}", "schema": type_} for type_ in TYPES]
FIELDS[-1]["schema"] = {"type": "array", "items": "string"}
FIELDS.append({"name": "Some users", "schema": {"type": "array", "items": "user"}})
FIELDS.append({"name": "Some versions", "schema": {"type": "array", "items": "version"}})
PROJECT = {"key": "CK", "versions": ["1.0"], "fields": FIELDS}


def block(**issue):
    return {"projects": [PROJECT], "issues": [{"project": "CK", "summary": "x", **issue}]}


def refusal(seeded, **issue):
    with pytest.raises(BadSeed) as problem:
        seeded(block(**issue))
    return problem.value.message


def test_values_are_kept_as_a_request_keeps_them(seeded, store, restored):
    site = seeded(
        block(
            **{
                "A string": "a",
                "A number": 1.5,
                "A date": "2024-05-01",
                "A datetime": "2024-05-01T12:00:00+02:00",
                "A user": {"name": "ann"},
                "A array": ["b", "a", "b"],
                "Some users": ["ann", {"name": "bob"}],
                "Some versions": ["1.0"],
                "Due date": "2024-05-02",
            }
        )
    )
    (row,) = store.table("jira:issues").rows().values()
    kept = {name: value for name, value in row["fields"].items() if name.startswith("custom")}
    text, number, date, time, ann, labels, (first, _), (version,) = kept.values()
    assert (text, number, date, labels) == ("a", 1.5, "2024-05-01", ["b", "a"])
    assert time == "2024-05-01T10:00:00.000+0000"
    assert ann == first
    assert version == "10000"
    assert row["fields"]["duedate"] == "2024-05-02"
    assert restored(site).digest() == store.digest()


def test_a_value_of_another_type_is_refused(seeded):
    for name, value, told in (
        ("A string", 3, "Operation value must be a string; got 3 for a field of type string"),
        ("A number", "a", "Operation value must be a number; got 'a' for a field of type number"),
        ("A number", True, "Operation value must be a number; got True for a field of type number"),
        ("A date", "a", "Error parsing date string: a; got 'a' for a field of type date"),
        ("A datetime", "a", "Error parsing time: a; got 'a' for a field of type datetime"),
        ("A user", 3, 'expected a text such as "ann@example.com", got 3'),
        ("A user", {"id": []}, "expected a text such as \"ann@example.com\", got {'id': []}"),
        ("A array", 3, "expected a list, got 3"),
        ("A array", 1.5, "expected a list, got 1.5"),
        ("A array", True, "expected a list, got True"),
        ("A array", [1], "string expected at index 0; got [1] for a field of type array"),
        ("Some users", [3], 'expected a text such as "ann@example.com", got 3'),
        ("Some versions", ["2"], "there is no '2'; expected one of: 1.0"),
        ("duedate", "x", "Error parsing date string: x; got 'x' for a field of type date"),
        ("components", ["c"], "there is no 'c': the project has none at all"),
    ):
        assert refusal(seeded, **{name: value}) == told, name
    assert "contains newline characters; got 'a\\nb'" in refusal(seeded, summary="a\nb")


def test_a_field_has_one_name_in_an_issue(seeded):
    assert refusal(seeded, Summary="y") == "the field summary is given twice"
    assert "did you mean [A string]? Expected one of: summary" in refusal(seeded, Astring="y")
    told = "this field has what the seed's 'attachments' say"
    assert refusal(seeded, attachment=[]) == told


def test_a_field_keeps_a_type_that_its_values_have(seeded, restored):
    project = {"key": "CK", "allow_unknown_fields": True}
    values = {
        "customfield_10500": 3,
        "customfield_10501": ["a"],
        "customfield_10502": "2024-05-01",
        "customfield_10503": {"a": [1]},
    }
    issues = [{"project": "CK", "summary": "x", **values}]
    site = seeded({"projects": [project], "issues": issues})

    def describe(id_, schema):
        field = {"id": f"customfield_{id_}", "name": f"F{id_}", "schema": schema}
        with site.store.transaction() as transaction:
            site.restore({"projects": [{"key": "CK", "fields": [field]}]}, transaction)

    users, texts = ({"type": "array", "items": items} for items in ("user", "string"))
    for id_, fitting, unfit in (
        (10500, ("number",), ("string", "user", "option", "date", texts)),
        (10501, (texts,), (users, "string", "number", "user", "option", "datetime")),
        (10502, ("date", "string"), ("number", "datetime", "user", texts)),
        (10503, ("any",), ("string", "number", "user", "option", "date", users)),
    ):
        for schema in fitting:
            describe(id_, schema)
            assert restored(site).digest() == site.store.digest()
        for schema in unfit:
            with pytest.raises(BadSeed, match=f"CK-1 has .* in customfield_{id_}, which a field"):
                describe(id_, schema)
