"""The spaces API."""

from __future__ import annotations

import pytest

from mockkibana.settings import Settings

SPACES = "/api/spaces/space"
DEFAULT = {
    "id": "default",
    "name": "Default",
    "description": "This is your default space!",
    "color": "#00bfb3",
    "disabledFeatures": [],
    "_reserved": True,
}
FULL = {
    "id": "a-b_1",
    "name": "A",
    "description": "d",
    "color": "#AAbb00",
    "initials": "A1",
    "imageUrl": "data:image/png;base64,AA",
    "disabledFeatures": ["x"],
    "solution": "es",
}
STRING = "expected value of type [string] but got"
LONG = "value has length [3] but it must have a maximum length of [2]."
BAD_ID = "must be lower case, a-z, 0-9, '_', and '-' are allowed"


@pytest.fixture
def post(client, xsrf):
    """Create a space."""
    return lambda body: client.post(SPACES, json=body, headers=xsrf)


@pytest.fixture
def put(client, xsrf):
    """Update a space."""
    return lambda space, body: client.put(f"{SPACES}/{space}", json=body, headers=xsrf)


def test_there_is_a_default_space(client):
    assert client.get(SPACES).json == [DEFAULT]
    assert client.get(f"{SPACES}/default").json == DEFAULT


def test_create_answers_200_with_what_was_sent(client, post):
    answer = post(FULL)
    assert (answer.status_code, answer.json) == (200, FULL)
    assert list(answer.json) == [
        "id",
        "name",
        "description",
        "color",
        "initials",
        "imageUrl",
        "disabledFeatures",
        "solution",
    ]
    assert client.get(f"{SPACES}/a-b_1").json == FULL


def test_of_optional_keys_only_the_disabled_features_have_a_default(post):
    assert post({"id": "a", "name": "A"}).json == {"id": "a", "name": "A", "disabledFeatures": []}


def test_the_list_is_sorted_by_name(client, post):
    for space, name in [("z", "Alpha"), ("y", "Zeta"), ("x", "Beta")]:
        post({"id": space, "name": name})
    names = [space["name"] for space in client.get(SPACES).json]
    assert names == ["Alpha", "Beta", "Default", "Zeta"]


@pytest.mark.parametrize("space", ["a", "default"])
def test_an_id_that_is_taken_is_a_conflict(world, post, envelope, space):
    post({"id": "a", "name": "A"})
    before = world.store.digest()
    answer = post({"id": space, "name": "again"})
    message = f"A space with the identifier {space} already exists."
    assert (answer.status_code, answer.json) == (409, envelope(409, message))
    assert world.store.digest() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": None}, f"[request body.id]: {STRING} [null]"),
        ({"id": "A"}, f"[request body.id]: {BAD_ID}"),
        ({"id": ""}, f"[request body.id]: {BAD_ID}"),
        ({"id": "a b"}, f"[request body.id]: {BAD_ID}"),
        ({"id": "a\n"}, f"[request body.id]: {BAD_ID}"),
        (
            {"name": ""},
            "[request body.name]: value has length [0] but it must have a minimum length of [1].",
        ),
        ({"name": 1}, f"[request body.name]: {STRING} [number]"),
        ({"description": None}, f"[request body.description]: {STRING} [null]"),
        (
            {"initials": "abc"},
            f"[request body.initials]: {LONG}",
        ),
        (
            {"color": "red"},
            "[request body.color]: must be a 6 digit hex color, starting with a #",
        ),
        (
            {"color": "#1234567"},
            "[request body.color]: must be a 6 digit hex color, starting with a #",
        ),
        (
            {"disabledFeatures": {}},
            "[request body.disabledFeatures]: expected value of type [array] but got [Object]",
        ),
        ({"disabledFeatures": [1]}, f"[request body.disabledFeatures.0]: {STRING} [number]"),
        ({"imageUrl": "x"}, "[request body.imageUrl]: must start with 'data:image'"),
        (
            {"_reserved": 1},
            "[request body._reserved]: expected value of type [boolean] but got [number]",
        ),
        (
            {"solution": "x"},
            """[request body.solution]: types that failed validation:
- [request body.solution.0]: expected value to equal [security]
- [request body.solution.1]: expected value to equal [oblt]
- [request body.solution.2]: expected value to equal [es]
- [request body.solution.3]: expected value to equal [classic]""",
        ),
        ({"foo": 1}, "[request body.foo]: definition for this key is missing"),
    ],
    ids=str,
)
@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.kibana_version("8.19.0")
def test_a_body_that_does_not_fit_is_refused(
    world, client, xsrf, envelope, method, changes, message
):
    before = world.store.digest()
    path = SPACES if method == "POST" else f"{SPACES}/default"
    body = {**FULL, **changes}
    answer = client.open(path, method=method, json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    assert world.store.digest() == before


def test_update_keeps_what_the_body_leaves_out_except_the_disabled_features(client, post, put):
    post(FULL)
    answer = put("a-b_1", {"id": "a-b_1", "name": "B", "color": "#000000"})
    changed = {**FULL, "name": "B", "color": "#000000", "disabledFeatures": []}
    assert (answer.status_code, answer.json) == (200, changed)
    assert list(answer.json) == list(FULL)
    assert client.get(f"{SPACES}/a-b_1").json == changed


def test_an_update_can_empty_a_text(post, put):
    post(FULL)
    answer = put("a-b_1", {"id": "a-b_1", "name": "A", "description": "", "initials": ""})
    assert (answer.json["description"], answer.json["initials"]) == ("", "")


def test_the_id_of_the_path_wins_over_that_of_the_body(client, post, put):
    post(FULL)
    assert put("a-b_1", {"id": "other", "name": "B"}).json["id"] == "a-b_1"
    assert client.get(f"{SPACES}/other").status_code == 404


def test_the_default_space_can_be_changed_and_stays_reserved(client, put):
    answer = put("default", {"id": "default", "name": "Home", "_reserved": False})
    assert answer.json == {**DEFAULT, "name": "Home"}
    assert client.get(SPACES).json == [answer.json]


def test_nobody_can_make_a_reserved_space(client, post, xsrf):
    assert "_reserved" not in post({"id": "a", "name": "A", "_reserved": True}).json
    assert client.delete(f"{SPACES}/a", headers=xsrf).status_code == 204


def test_the_default_space_cannot_be_deleted(world, client, xsrf, envelope):
    before = world.store.digest()
    answer = client.delete(f"{SPACES}/default", headers=xsrf)
    message = "The default space cannot be deleted because it is reserved."
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    assert world.store.digest() == before


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_space_is_not_found(client, xsrf, envelope, method):
    body = {"id": "nope", "name": "N"}
    answer = client.open(f"{SPACES}/nope", method=method, json=body, headers=xsrf)
    assert (answer.status_code, answer.json) == (404, envelope(404, "Not Found"))


def test_delete_answers_204(client, post, xsrf):
    post({"id": "a", "name": "A"})
    answer = client.delete(f"{SPACES}/a", headers=xsrf)
    assert (answer.status_code, answer.data) == (204, b"")
    assert client.get(SPACES).json == [DEFAULT]


def test_there_can_be_too_many_spaces(world, post, envelope):
    world.settings = Settings(max_spaces=2)
    assert post({"id": "a", "name": "A"}).status_code == 200
    answer = post({"id": "b", "name": "B"})
    message = (
        "Unable to create Space, this exceeds the maximum number of spaces set by the "
        "xpack.spaces.maxSpaces setting"
    )
    assert (answer.status_code, answer.json) == (400, envelope(400, message))
    assert post({"id": "a", "name": "A"}).status_code == 409


ALONE = "[request query.include_authorized_purposes]: expected value to equal [false]"


@pytest.mark.parametrize("included", ["true", "false", ""])
@pytest.mark.parametrize(
    "purpose", ["any", "copySavedObjectsIntoSpace", "shareSavedObjectsIntoSpace"]
)
def test_the_authorized_purposes_cannot_be_asked_for_beside_a_purpose(
    client, envelope, purpose, included
):
    answer = client.get(f"{SPACES}?purpose={purpose}&include_authorized_purposes={included}")
    assert (answer.status_code, answer.json) == (400, envelope(400, ALONE))


def test_without_security_the_caller_is_authorized_for_every_purpose(client, post):
    post({"id": "a", "name": "A"})
    purposes = {
        "any": True,
        "copySavedObjectsIntoSpace": True,
        "findSavedObjects": True,
        "shareSavedObjectsIntoSpace": True,
    }
    found = client.get(f"{SPACES}?include_authorized_purposes=true").json
    assert [space["authorizedPurposes"] for space in found] == [purposes, purposes]
    assert list(found[0])[-1] == "authorizedPurposes"
    for query in ("", "?include_authorized_purposes=false"):
        assert all("authorizedPurposes" not in space for space in client.get(SPACES + query).json)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("purpose=any", 200),
        ("include_authorized_purposes=false", 200),
        ("include_authorized_purposes=x", 400),
        ("purpose=x", 400),
        ("foo=1", 400),
    ],
)
def test_the_list_takes_two_query_keys(client, query, status):
    answer = client.get(f"{SPACES}?{query}")
    assert answer.status_code == status
    if status == 400:
        assert answer.json["message"].startswith("[request query.")


def test_the_default_space_can_have_a_solution(client, world):
    world.settings = Settings(default_solution="oblt")
    assert client.get("/api/spaces/space/default").json["solution"] == "oblt"
    assert [space["solution"] for space in client.get("/api/spaces/space").json] == ["oblt"]


@pytest.mark.parametrize(
    ("version", "solutions"),
    [("8.19.9", ["security", "oblt", "es", "classic"]),
     ("9.0.0", ["es", "oblt", "security", "classic"]),
     ("9.5.4", ["es", "oblt", "security", "classic"])],
)  # fmt: skip
def test_a_refusal_names_the_solutions_in_the_order_of_a_release(
    client, xsrf, world, version, solutions
):
    world.settings = Settings(kibana_version=version)
    body = {"id": "s", "name": "s", "solution": "x"}
    refused = client.post("/api/spaces/space", json=body, headers=xsrf).json["message"]
    assert refused == "\n".join(
        [
            "[request body.solution]: types that failed validation:",
            *(
                f"- [request body.solution.{number}]: expected value to equal [{solution}]"
                for number, solution in enumerate(solutions)
            ),
        ]
    )
