"""Types made of a specification: their secrets, their actions, and what goes wrong."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

SECRETS = {"authType": "api_key_header", "Key": "planted-key"}
CHECK = {"subAction": "checkIp", "subActionParams": {"ipAddress": "203.0.113.7"}}


@pytest.fixture
def abuseipdb(create) -> Any:
    return create(".abuseipdb", {}, secrets=SECRETS)["id"]


@pytest.mark.kibana_version("9.4.6", "9.5.4")
def test_a_connector_is_shown_without_its_secrets(create):
    made = create(".abuseipdb", {"authType": "api_key_header", "other": 1}, secrets=SECRETS)
    assert made["config"] == {"authType": "api_key_header"}
    assert "planted-key" not in str(made)
    # Whether Kibana shows it is not known.
    assert "auth_mode" not in made


@pytest.mark.kibana_version("9.4.6", "9.5.4")
def test_secrets_are_of_one_of_the_kinds_of_the_specification(post, kibana_version):
    prefix = "error validating connector type secrets: ✖ "
    named = "Invalid discriminator value. Expected 'api_key_header'"
    kind = "Invalid input" if kibana_version < "9.5" else named
    for secrets, text in (
        ({"authType": "basic", "Key": "k"}, f"{kind}\n  → at authType"),
        ({}, f"{kind}\n  → at authType"),
        (
            {"authType": "api_key_header"},
            "Invalid input: expected string, received undefined\n  → at Key",
        ),
    ):
        answer = post(".abuseipdb", {}, secrets=secrets)
        assert (answer.status_code, answer.json["message"]) == (400, prefix + text)


def test_a_key_that_is_empty_is_none(world, seed, execute):
    # Only Kibana's configuration can have one, as no request may hold an empty text.
    connector = {"id": "p", "connector_type_id": ".abuseipdb", "secrets": {**SECRETS, "Key": ""}}
    world.seed(seed(preconfigured=[connector]))
    message = "error validating connector type secrets: ✖ API key is required\n  → at Key"
    assert execute("p", CHECK).json["message"] == message


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"subAction": "checkIp"}, "expected object, received undefined\n  → at subActionParams"),
        (
            {"subAction": "checkIp", "subActionParams": {"ipAddress": "01.2.3.4"}},
            "✖ Invalid IPv4 address\n  → at subActionParams.ipAddress",
        ),
        (
            {**CHECK, "subActionParams": {"ipAddress": "1.2.3.4", "maxAgeInDays": 1.5}},
            "✖ Invalid input: expected int, received number\n  → at subActionParams.maxAgeInDays",
        ),
        (
            {**CHECK, "subActionParams": {"ipAddress": "1.2.3.4", "maxAgeInDays": 366}},
            "✖ Too big: expected number to be <=365\n  → at subActionParams.maxAgeInDays",
        ),
        ({**CHECK, "more": 1}, '✖ Unrecognized key: "more"'),
        ({"subAction": "nope"}, "\n  → at subAction"),
    ],
    ids=["no params", "address", "fraction", "limit", "unknown key", "unknown action"],
)
def test_params_are_one_union_of_all_actions(abuseipdb, execute, params, text):
    answer = execute(abuseipdb, params).json
    assert answer["message"].startswith("error validating action params: ✖ ")
    assert answer["message"].endswith(text)
    assert (answer["errorSource"], answer["retry"]) == ("user", False)


def test_the_key_goes_along_as_the_header_of_the_specification(world, abuseipdb, execute):
    execute(abuseipdb, CHECK)
    [sent] = [each["request"] for each in world.outbox.list()]
    url = "https://api.abuseipdb.com/api/v2/check?ipAddress=203.0.113.7&maxAgeInDays=90"
    assert (sent["method"], sent["url"]) == ("GET", url)
    assert "Key" in sent["headers"]
    assert "planted-key" not in str(world.outbox.list())


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ({"status": 429}, "Request failed with status code 429"),
        ({"wire": "refused"}, "connect ECONNREFUSED api.abuseipdb.com:443"),
        (
            {"status": 200, "body": {"odd": 1}},
            "Cannot read properties of undefined (reading 'ipAddress')",
        ),
        (
            {"status": 200, "body": {"data": None}},
            "Cannot read properties of null (reading 'ipAddress')",
        ),
    ],
    ids=["status", "wire", "no data", "null"],
)
def test_a_failure_has_the_text_of_the_error(world, abuseipdb, execute, what, text):
    world.faults.add({"match": {"backend": "abuseipdb"}, "what": what})
    answer = execute(abuseipdb, CHECK).json
    assert (answer["status"], answer["message"]) == ("error", text)
    assert "service_message" not in answer
    assert world.bugs == []


def test_a_host_has_to_be_allowed(world, abuseipdb, execute):
    world.settings = replace(world.settings, allowed_hosts=("other.example.com",))
    message = execute(abuseipdb, CHECK).json["message"]
    assert message.endswith("is not added to the Kibana config xpack.actions.allowedHosts")


def test_a_connection_is_tested_without_failing(world, abuseipdb, execute):
    test = {"subAction": "_test", "subActionParams": {}}
    connected = {"ok": True, "message": "Successfully connected to AbuseIPDB API"}
    assert execute(abuseipdb, test).json["data"] == connected
    world.faults.add({"match": {"backend": "abuseipdb"}, "what": {"status": 401}})
    text = "Failed to connect: AxiosError: Request failed with status code 401"
    failed = execute(abuseipdb, {"subAction": "_test"}).json
    assert (failed["status"], failed["data"]) == ("ok", {"ok": False, "message": text})
