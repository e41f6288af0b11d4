"""The hosts that connectors may talk to, in Kibana's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockkibana.outbound.allowed_hosts import refused_hostname, refused_url
from mockkibana.settings import Settings

REFUSED = 'target url "{}" is not added to the Kibana config xpack.actions.allowedHosts'
SECRETS = {"email": "a@example.com", "apiToken": "t"}


def only(*hosts: str) -> Settings:
    return Settings(allowed_hosts=hosts)


@pytest.mark.parametrize(
    "url",
    [
        "https://jira.example.com",
        "https://jira.example.com/",
        "http://jira.example.com:8080/jira?x=1#y",
        "https://user:password@jira.example.com/jira",
        "HTTPS://JIRA.EXAMPLE.COM",
        "//jira.example.com/jira",
    ],
)
def test_a_url_of_an_allowed_host_passes(url: str) -> None:
    assert refused_url(url, only("other.example.com", "jira.example.com")) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://jira.mynonexistent.com",
        "https://sub.jira.example.com",
        "https://jira.example.com.evil.example.com",
        "https://example.com/jira.example.com",
        "https://jira.example.com@evil.example.com",
        "jira.example.com",
        "not a url",
        "http://[broken",
        "",
    ],
)
def test_any_other_url_is_refused_by_its_text(url: str) -> None:
    assert refused_url(url, only("jira.example.com")) == REFUSED.format(url)


def test_no_host_is_allowed_when_there_are_none() -> None:
    url = "https://jira.example.com"
    assert refused_url(url, only()) == REFUSED.format(url)


@pytest.mark.parametrize("url", ["https://jira.example.com", "not a url", ""])
def test_an_asterisk_allows_any_text_that_node_parses(url: str) -> None:
    assert refused_url(url, only("other.example.com", "*")) is None


def test_an_asterisk_does_not_allow_a_url_that_node_throws_on() -> None:
    assert refused_url("http://[broken", only("*")) == REFUSED.format("http://[broken")


def test_a_hostname_is_refused_in_words_of_its_own() -> None:
    assert refused_hostname("smtp.example.com", only("smtp.example.com")) is None
    assert refused_hostname("smtp.example.com", only("*")) is None
    assert refused_hostname("smtp.example.com", only("example.com")) == (
        'target hostname "smtp.example.com" is not added to the Kibana config '
        "xpack.actions.allowedHosts"
    )


def jira(url: str) -> dict[str, Any]:
    return {"config": {"apiUrl": url, "projectKey": "CK"}, "secrets": SECRETS}


@pytest.mark.parametrize("url", ["not a url", "//", "https://jira.example.com"])
def test_a_jira_connector_may_have_any_url_by_default(post: Any, url: str) -> None:
    assert post(".jira", **jira(url)).status_code == 200


def test_a_jira_connector_to_a_host_that_is_not_allowed_is_refused(world: Any, post: Any) -> None:
    world.settings = replace(world.settings, allowed_hosts=("jira.example.com",))
    assert post(".jira", **jira("https://jira.example.com/x")).status_code == 200
    answer = post(".jira", **jira("http://jira.mynonexistent.com"))
    assert (answer.status_code, answer.json) == (
        400,
        {
            "statusCode": 400,
            "error": "Bad Request",
            "message": "error validating connector type config: error configuring connector "
            'action: target url "http://jira.mynonexistent.com" is not added to the Kibana config '
            "xpack.actions.allowedHosts",
        },
    )


def test_a_host_that_is_allowed_no_more_fails_the_run(
    world: Any, create: Any, execute: Any
) -> None:
    connector_id = create(".jira", **jira("https://jira.example.com"))["id"]
    world.settings = replace(world.settings, allowed_hosts=("other.example.com",))
    assert execute(connector_id, {"subAction": "issueTypes", "subActionParams": {}}).json == {
        "status": "error",
        "message": "error validating connector type config: error configuring connector action: "
        'target url "https://jira.example.com" is not added to the Kibana config '
        "xpack.actions.allowedHosts",
        "errorSource": "framework",
        "connector_id": connector_id,
        "retry": False,
    }
