"""The AlienVault OTX connector: indicators are looked up, and pulses are found."""

from __future__ import annotations

from typing import Any

import pytest

PULSE = {"name": "Botnet", "author_name": "ann", "indicators": [{"indicator": "evil.example.com"}]}
ABOUT = {"indicatorType": "domain", "indicator": "evil.example.com"}


@pytest.fixture
def run(create, execute, world, seed) -> Any:
    secrets = {"authType": "api_key_header", "X-OTX-API-KEY": "k"}
    id_ = create(".alienvault-otx", {}, secrets=secrets)["id"]
    pulses = {"p1": PULSE, "p2": {"name": "Worm"}, "p3": {"name": 7, "indicators": [1, "x"]}}
    world.seed(seed(parties={"alienvault-otx": pulses}))

    def run(sub_action: str, **params: Any) -> Any:
        return execute(id_, {"subAction": sub_action, "subActionParams": params}).json

    return run


@pytest.mark.kibana_version("9.4.6", "9.5.4")
def test_an_indicator_is_known_by_the_pulses_that_tell_of_it(world, run):
    data = run("getIndicator", **ABOUT)["data"]
    assert (data["indicator"], data["type"]) == ("evil.example.com", "domain")
    assert data["data"]["pulse_info"] == {"count": 1, "pulses": [{"id": "p1", **PULSE}]}
    assert world.outbox.list()[0]["request"]["url"].endswith("/domain/evil.example.com/general")
    related = run("getRelatedPulses", **ABOUT)["data"]
    assert related == {
        "indicator": "evil.example.com",
        "count": 1,
        "pulses": [{"id": "p1", **PULSE}],
    }
    assert run("getRelatedPulses", **{**ABOUT, "indicator": "a/b"})["data"]["count"] == 0


def test_pulses_are_found_page_by_page(run):
    data = run("searchPulses", limit=2)["data"]
    assert [pulse["id"] for pulse in data["results"]] == ["p1", "p2"]
    assert (data["count"], data["next"]) == (
        3,
        "https://otx.alienvault.com/api/v1/pulses/subscribed?limit=2&page=2",
    )
    assert run("searchPulses", limit=2, page=2)["data"]["results"][0]["id"] == "p3"
    assert run("searchPulses", query="worm")["data"] == {
        "count": 1,
        "results": [{"id": "p2", "name": "Worm"}],
        "next": None,
    }


def test_a_pulse_is_told_with_its_author(run):
    assert run("getPulse", pulseId="p1")["data"] == {
        "id": "p1",
        "name": "Botnet",
        "author": "ann",
        "indicators": PULSE["indicators"],
    }
    assert run("getPulse", pulseId="nope")["message"] == "Request failed with status code 404"


def test_a_kind_of_indicator_is_one_of_eight(run):
    message = run("getIndicator", indicatorType="ip", indicator="x")["message"]
    assert '✖ Invalid option: expected one of "IPv4"|"IPv6"|"domain"|"hostname"|' in message


def test_a_connection_is_tested(run):
    message = "Successfully connected to AlienVault OTX API"
    assert run("_test")["data"] == {"ok": True, "message": message}
