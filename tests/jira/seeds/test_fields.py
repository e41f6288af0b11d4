"""A seed's fields are of one project, or of every project that there is and will be."""

from __future__ import annotations

import pytest

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.site import Site
from mockkibana.settings.installation import Installation
from mockkibana.store import Store

ANN = "ann@example.com"


def test_every_project_has_the_fields_of_the_site(seeded, store):
    site = seeded(
        {
            "projects": ["CK"],
            "fields": [{"name": "Epic Name", "required": True}, {"name": "Team", "schema": "user"}],
        }
    )
    site.ensure_project("OPS", ANN)
    site.create_project("NEW")
    for project in ("CK", "OPS", "NEW"):
        shown = {row["name"]: row for row in site.catalogue.create_meta_fields(project, "10000")}
        assert shown["Epic Name"]["required"] is True
        assert shown["Team"]["schema"]["type"] == "user"
    other = Site(Store(), Installation())
    with other.store.transaction() as transaction:
        other.restore(site.dump(), transaction)
    assert other.store.digest() == store.digest()


def test_a_field_of_jira_s_own_is_named_by_its_id_too(seeded):
    site = seeded({"projects": [{"key": "CK", "fields": [{"name": "duedate", "required": True}]}]})
    shown = {row["name"]: row for row in site.catalogue.create_meta_fields("CK", "10006")}
    assert shown["Due date"]["required"] is True
    assert "duedate" not in shown
    for name in ("status", "Status"):
        with pytest.raises(BadSeed, match="the field status is Jira's own and on no screen"):
            seeded({"fields": [{"name": name}]})


def test_a_field_that_is_named_again_is_changed(seeded):
    site = seeded({"fields": [{"name": "Team"}]})
    for changed in ({"fields": [{"name": "Team", "required": True}]}, {"projects": ["CK"]}):
        with site.store.transaction() as transaction:
            site.restore(changed, transaction)
    assert [row["id"] for row in site.catalogue.fields() if row["name"] == "Team"] == [
        "customfield_10100"
    ]
    fields = {row["name"]: row for row in site.catalogue.create_meta_fields("CK", "10006")}
    assert fields["Team"]["required"] is True
