"""The ids of connectors since any may be chosen, Kibana 9.4, and before."""

from __future__ import annotations

import pytest

from mockkibana.kibana.schemas import ConnectorId
from mockkibana.settings import Settings

UUID = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
WORDS = "Connector ID must contain only lowercase letters, numbers, and hyphens."
NO_UUID = (
    "Predefined IDs are not allowed for saved objects with encrypted attributes unless the ID is a "
    "UUID.: Bad Request"
)


@pytest.mark.kibana_version("9.4.0", "9.5.4")
@pytest.mark.parametrize("connector_id", ["a", "my-index-2", UUID, "0" * 36, "-"])
def test_an_id_of_letters_digits_and_hyphens_is_taken(client, post, connector_id):
    assert post(id=connector_id).json["id"] == connector_id
    assert client.get(f"/api/actions/connector/{connector_id}").status_code == 200
    again = post(id=connector_id)
    assert (again.status_code, again.json["message"]) == (
        409,
        f"Saved object [action/{connector_id}] conflict",
    )


@pytest.mark.kibana_version("9.4.0", "9.5.4")
@pytest.mark.parametrize(
    ("connector_id", "text"),
    [
        ("x" * 37, "value has length [37] but it must have a maximum length of [36]."),
        ("My-index", WORDS),
        ("my_index", WORDS),
        ("my.index", WORDS),
        ("my%20index", WORDS),
        ("ä", WORDS),
        (UUID.upper(), WORDS),
    ],
)
def test_another_id_is_refused_before_the_body_is_looked_at(
    client, xsrf, envelope, connector_id, text
):
    answer = client.post(f"/api/actions/connector/{connector_id}", json={}, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, f"[request params.id]: {text}"))
    assert answer.headers["elastic-api-version"] == "2023-10-31"


def test_an_empty_id_is_too_short(client, xsrf, world):
    body = {"name": "n", "connector_type_id": ".server-log"}
    world.settings = Settings(kibana_version="9.5.4")
    answer = client.post("/api/actions/connector/", json=body, headers=xsrf)
    assert (answer.status_code, answer.json["message"]) == (
        400,
        "[request params.id]: value has length [0] but it must have a minimum length of [1].",
    )
    assert client.post("/api/actions/connector", json=body, headers=xsrf).status_code == 200
    world.settings = Settings(kibana_version="9.3.0")
    made = client.post("/api/actions/connector/", json=body, headers=xsrf)
    assert len(made.json["id"]) == 36


@pytest.mark.kibana_version("8.19.9", "9.0.0", "9.3.7")
def test_before_it_has_to_be_a_uuid(post):
    assert post(id=UUID.upper()).status_code == 200
    answer = post(id="my-index")
    assert (answer.status_code, answer.json["message"]) == (400, NO_UUID)


def test_the_schema_takes_a_path_without_an_id():
    assert ConnectorId().load({}) == {}


@pytest.mark.parametrize(
    ("version", "text"),
    [
        ("9.3.7", "definition for this key is missing"),
        ("9.4.0", "Additional properties are not allowed ('{}' was unexpected)"),
        ("9.5.4", "Additional properties are not allowed ('{}' was unexpected)"),
    ],
)
def test_an_unknown_key_is_named_since_9_4(client, post, xsrf, world, version, text):
    world.settings = Settings(kibana_version=version)
    refused = {
        "[request body.foo]": post(foo=1),
        "[request query.bar]": client.get("/api/actions/connector_types?bar=1"),
        "[request body.kibana.0.a]": client.put(
            "/api/security/role/r",
            json={"elasticsearch": {}, "kibana": [{"base": ["all"], "a": 1}]},
            headers=xsrf,
        ),
    }
    for path, answer in refused.items():
        key = path.rpartition(".")[2].rstrip("]")
        assert (answer.status_code, answer.json["message"]) == (400, f"{path}: {text.format(key)}")
