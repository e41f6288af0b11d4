"""The AbuseIPDB connector: addresses are looked up and reported."""

from __future__ import annotations

from typing import Any

import pytest

KNOWN = {"abuseConfidenceScore": 90, "countryCode": "NL", "totalReports": 4, "isp": "Acme"}


@pytest.fixture
def run(create, execute) -> Any:
    id_ = create(".abuseipdb", {}, secrets={"authType": "api_key_header", "Key": "k"})["id"]

    def run(sub_action: str, **params: Any) -> Any:
        return execute(id_, {"subAction": sub_action, "subActionParams": params}).json

    return run


@pytest.mark.kibana_version("9.4.6", "9.5.4")
def test_an_address_of_a_seed_is_known(world, run, seed):
    world.seed(seed(parties={"abuseipdb": {"198.51.100.4": KNOWN}}))
    assert run("checkIp", ipAddress="198.51.100.4")["data"] == {
        "ipAddress": "198.51.100.4",
        "abuseConfidenceScore": 90,
        "usageType": None,
        "isp": "Acme",
        "countryCode": "NL",
        "totalReports": 4,
    }
    assert run("checkIp", ipAddress="8.8.8.8")["data"]["abuseConfidenceScore"] == 0
    info = run("getIpInfo", ipAddress="8.8.8.8")["data"]
    assert (info["isPublic"], info["ipVersion"], info["isWhitelisted"]) == (True, 4, False)


def test_a_report_counts(world, run):
    reported = run("reportIp", ip="203.0.113.7", categories=[18, 22], comment="ssh")["data"]
    assert reported == {"ipAddress": "203.0.113.7", "abuseConfidenceScore": 25}
    [sent] = [each["request"] for each in world.outbox.list()]
    assert sent["body"] == "ip=203.0.113.7&categories=18%2C22&comment=ssh"
    assert run("checkIp", ipAddress="203.0.113.7")["data"]["totalReports"] == 1
    found = run("bulkCheck", network="203.0.113.0/24")["data"]
    assert (found["networkAddress"], found["netmask"]) == ("203.0.113.0", "255.255.255.0")
    assert [row["ipAddress"] for row in found["reportedAddress"]] == ["203.0.113.7"]
    assert run("bulkCheck", network="198.51.100.0/24")["data"]["reportedAddress"] == []


def test_a_report_has_categories(run):
    message = run("reportIp", ip="203.0.113.7", categories=[])["message"]
    assert message.endswith(
        "✖ Too small: expected array to have >=1 items\n  → at subActionParams.categories"
    )


def test_what_is_no_network_is_refused(run):
    for network in ("nope", "", "203.0.113.0/99"):
        assert run("bulkCheck", network=network)["message"] == "Request failed with status code 422"


def test_odd_things_of_a_seed_break_nothing(world, run, seed):
    odd = {"abuseConfidenceScore": "x", "totalReports": None, "ipAddress": 7}
    world.seed(seed(parties={"abuseipdb": {"198.51.100.4": odd, "nope": {}}}))
    assert run("reportIp", ip="198.51.100.4", categories=[1])["data"]["abuseConfidenceScore"] == 25
    assert run("bulkCheck", network="0.0.0.0/0")["status"] == "ok"
    assert world.bugs == []
