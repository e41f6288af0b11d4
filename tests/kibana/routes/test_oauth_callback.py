"""Where OAuth servers send users back to."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from mockkibana.settings import Settings
from mockkibana.world import World

PAGE = "/api/actions/connector/_oauth_callback"
SCRIPT = f"{PAGE}_script"


@pytest.mark.kibana_version("9.4.0", "9.5.4")
@pytest.mark.parametrize("query", ["", "?error=access_denied&state=s", "?code=c&authuser=0"])
def test_the_page_says_that_there_is_no_profile(client: FlaskClient, query: str) -> None:
    answer = client.get(PAGE + query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "Unable to retrieve Kibana user profile ID." in answer.text
    assert f'<script src="{SCRIPT}">' in answer.text


@pytest.mark.kibana_version("9.4.0", "9.5.4")
def test_its_script_tells_the_page_that_began(client: FlaskClient) -> None:
    answer = client.get(SCRIPT)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    assert "oauth_flow_completed" in answer.text


def test_a_refused_query_and_a_stranger_get_errors_as_everywhere(
    client: FlaskClient, world: World
) -> None:
    world.settings = Settings(kibana_version="9.5.4")
    assert client.get(f"{PAGE}?state=a&state=b").json["message"] == (
        "[request query.state]: expected value of type [string] but got [Array]"
    )
    world.settings = Settings(kibana_version="9.5.4", security=True)
    assert [client.get(path).status_code for path in (PAGE, SCRIPT)] == [401, 401]


@pytest.mark.kibana_version("8.19.9", "9.3.9")
def test_before_it_is_the_id_of_a_connector(client: FlaskClient) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 404
    assert answer.json["message"] == "Saved object [action/_oauth_callback] not found"
