"""Hints for a request whose headers or body were refused, and for types and fields that are not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from mockkibana.seeds import demo_seed, parse_seed
from mockkibana.settings import Settings
from mockkibana.world import World

RUN = "/api/actions/connector/c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad/_execute"
JIRA_RUN = "/api/actions/connector/b3aad810-edbe-11ec-82d1-11348ecbf4a6/_execute"
LEGACY_RUN = "/api/actions/action/c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad/_execute"
CREATE = "/api/actions/connector"
ISSUE = "/_mock/jira/rest/api/2/issue"
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
XSRF = "add the header `kbn-xsrf: true` (any value will do)"
TYPE = "add the header `content-type: application/json`"
CURL = f"{TYPE}: without it, curl says that the body is a form"
WHOLE = '{"params":{"documents":[{}]}}'

Ask = Callable[..., str | None]


@pytest.fixture
def world() -> World:
    """A world with the demo, and with the legacy routes, too."""
    return World(Settings(kibana_version="8.19.0"), seeds=[demo_seed()])


@pytest.fixture
def ask(client: FlaskClient, world: World) -> Ask:
    """Post a body; return the hint that the journal has of it."""

    def ask(
        path: str, body: str, content_type: str | None = JSON, *, xsrf: bool = True
    ) -> str | None:
        headers = {"kbn-xsrf": "true"} if xsrf else {}
        client.post(path, data=body, content_type=content_type, headers=headers)
        return world.journal.records()[-1].hint

    return ask


@pytest.mark.parametrize(
    ("path", "content_type", "hint"),
    [
        (RUN, FORM, CURL),
        (RUN, f"{FORM};charset=UTF-8", TYPE),
        (RUN, "application/xml", TYPE),
        (RUN, "application/octet-stream", TYPE),
        (RUN, "text/plain", None),
        (RUN, "application/vnd.elasticsearch+json; compatible-with=8", None),
        (RUN, None, None),
        ("/_mock/elasticsearch/a/_doc", FORM, CURL),
        ("/_mock/elasticsearch/a/_doc", "text/plain", TYPE),
        ("/_mock/elasticsearch/a/_doc", None, TYPE),
        (ISSUE, FORM, CURL),
    ],
)
def test_a_body_of_json_needs_its_content_type(
    ask: Ask, path: str, content_type: str | None, hint: str | None
) -> None:
    assert ask(path, WHOLE, content_type) == hint


def test_a_form_that_is_one_needs_no_other_content_type(ask: Ask) -> None:
    assert ask(RUN, "a=b", FORM) is None


def test_all_that_a_request_lacks_is_told_at_once(ask: Ask) -> None:
    params = 'put it all under `params`: {"params": {"documents": ...}}'
    assert ask(RUN, '{"documents":[]}', FORM, xsrf=False) == f"{XSRF}; {CURL}; {params}"


@pytest.mark.parametrize("path", [RUN, f"/s/default{RUN}", LEGACY_RUN])
@pytest.mark.parametrize(
    ("body", "hint"),
    [
        ('{"documents":[{}]}', 'put it all under `params`: {"params": {"documents": ...}}'),
        (
            '{"subAction":"issues","subActionParams":{}}',
            'put it all under `params`: {"params": {"subAction": ...}}',
        ),
        ("{}", 'the body has to be {"params": {...}}'),
        ("[]", 'the body has to be {"params": {...}}'),
        ("", 'the body has to be {"params": {...}}'),
        ('{"params":1}', None),
        ('{"params":{},"more":1}', None),
        ("{", None),
    ],
)
def test_the_body_of_a_run_is_wrapped_in_params(
    ask: Ask, path: str, body: str, hint: str | None
) -> None:
    assert ask(path, body) == hint


@pytest.mark.parametrize(
    ("type_id", "hint"),
    [
        ("index", "did you mean `.index`? The id of a type begins with a dot"),
        ("Jira", "did you mean `.jira`?"),
        (".serverlog", "did you mean `.server-log`?"),
    ],
)
@pytest.mark.parametrize("api", ["connector", "action"])
def test_an_unregistered_type_is_told_with_the_nearest(
    ask: Ask, api: str, type_id: str, hint: str
) -> None:
    key = "connector_type_id" if api == "connector" else "actionTypeId"
    assert ask(f"/api/actions/{api}", f'{{"name":"a","{key}":"{type_id}"}}') == hint


def test_an_internal_route_is_told_what_opens_it(client: FlaskClient, world: World) -> None:
    world.settings = Settings(kibana_version="9.0.0")
    client.get("/internal/actions/connectors")
    hint = world.journal.records()[-1].hint
    assert hint is not None
    assert hint.endswith("add the header `x-elastic-internal-origin` (any value will do)")


@pytest.mark.parametrize(
    ("version", "type_id", "hint"),
    [
        ("8.19.0", ".http", "Kibana 8.19.0 has no `.http`; other versions have one"),
        ("9.0.0", ".xsoar", "Kibana 9.0.0 has no `.xsoar`; other versions have one"),
    ],
)
def test_a_type_of_kibanas_that_is_not_there_is_told_why(
    ask: Ask, world: World, version: str, type_id: str, hint: str
) -> None:
    world.settings = Settings(kibana_version=version)
    assert ask(CREATE, f'{{"name":"a","connector_type_id":"{type_id}"}}') == hint


def test_where_no_type_is_near_the_registered_ones_are_named(ask: Ask, world: World) -> None:
    hint = ask(CREATE, '{"name":"a","connector_type_id":"zzz"}')
    ids = [f"`{each['id']}`" for each in world.connectors.list_types()]
    assert hint == "registered are " + ", ".join(ids)


LACKING = (
    "the project lacks customfield_19999: seed jira.projects[].fields with "
    '[{"id": "customfield_19999"}], or "allow_unknown_fields": true'
)
FIELDS = '"summary":"a","customfield_19999":"b"'


def test_a_custom_field_that_a_project_lacks_is_told_with_the_seed_that_adds_it(
    ask: Ask, world: World
) -> None:
    body = f'{{"fields":{{"project":{{"key":"CK"}},"issuetype":{{"name":"Task"}},{FIELDS}}}}}'
    assert ask(ISSUE, body) == LACKING
    incident = '{"summary":"a","otherFields":{"customfield_19999":"b"}}'
    run = (
        f'{{"params":{{"subAction":"pushToService","subActionParams":{{"incident":{incident}}}}}}}'
    )
    assert ask(JIRA_RUN, run) == LACKING
    fields = [{"id": "customfield_19999"}]
    projects = {"projects": [{"key": "CK", "fields": fields}]}
    world.seed(parse_seed({"version": 1, "jira": projects}))
    assert ask(ISSUE, body) is None
    assert world.journal.records()[-1].status == 201
