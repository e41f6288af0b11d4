"""The APIs about the licence tell that of the settings, by the clock of the world."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.clock import Clock
from mockkibana.http.messages import Answer
from mockkibana.json import Encoded
from mockkibana.settings import Settings

Ask = Callable[..., Answer]


def license_of(ask: Ask) -> dict[str, Any]:
    found: dict[str, Any] = ask("GET /_license?pretty=false").body["license"]
    return found


@pytest.mark.parametrize("settings", [Settings(license="basic"), Settings()], ids=str)
def test_a_licence_without_an_end_has_no_expiry(ask: Ask, settings: Settings) -> None:
    found = license_of(ask)
    assert list(found) == [
        "status",
        "uid",
        "type",
        "issue_date",
        "issue_date_in_millis",
        "max_nodes",
        "max_resource_units",
        "issued_to",
        "issuer",
        "start_date_in_millis",
    ]
    assert (found["status"], found["type"]) == ("active", settings.license)
    assert (found["issue_date"], found["issue_date_in_millis"]) == (
        "2024-01-01T00:00:00.000Z",
        1704067200000,
    )
    assert (found["max_nodes"], found["max_resource_units"]) == (1000, None)
    assert (found["issuer"], found["start_date_in_millis"]) == ("elasticsearch", -1)


ENDS = Settings(license="platinum", license_expires="2023-11-14T22:13:30Z")


@pytest.mark.parametrize("settings", [ENDS], ids=["platinum"])
def test_a_licence_expires_by_the_clock_of_the_world(ask: Ask, clock: Clock) -> None:
    before = license_of(ask)
    assert before["status"] == "active"
    assert list(before)[5:7] == ["expiry_date", "expiry_date_in_millis"]
    assert before["expiry_date"] == "2023-11-14T22:13:30.000Z"
    assert before["expiry_date_in_millis"] == 1_700_000_010_000
    assert before["issue_date"] == "2022-11-14T22:13:30.000Z"
    assert (before["issuer"], before["start_date_in_millis"]) == ("API", 1_668_464_010_000)
    clock.advance("10s")
    assert license_of(ask) == {**before, "status": "expired"}


@pytest.mark.parametrize("settings", [Settings(license="enterprise")], ids=["enterprise"])
def test_an_enterprise_licence_counts_resources(ask: Ask) -> None:
    found = license_of(ask)
    assert found["type"] == "enterprise"
    assert (found["max_nodes"], found["max_resource_units"]) == (None, 100)


def test_the_licence_is_written_for_people_unless_told_otherwise(ask: Ask) -> None:
    body = ask("GET /_license").body
    assert isinstance(body, Encoded)
    assert body.startswith(b'{\n  "license" : {\n    "status" : "active",')
    assert body.endswith(b"}\n")
    assert json.loads(body)["license"] == license_of(ask)
    filtered = ask("GET /_license?filter_path=license.type").body
    assert filtered == {"license": {"type": "trial"}}


def test_enterprise_is_accepted_always(ask: Ask) -> None:
    answer = ask("GET /_license?accept_enterprise=true")
    assert "[accept_enterprise] in get license requests is deprecated" in str(answer.headers)
    refused = ask("GET /_license?accept_enterprise=false")
    assert refused.status == 400
    assert refused.body["error"]["reason"] == (
        "The [accept_enterprise] parameters may not be false"
    )


@pytest.mark.parametrize(
    ("settings", "trial", "basic"),
    [
        (Settings(license="basic"), True, False),
        (Settings(license="trial"), False, True),
        (Settings(license="gold"), True, True),
    ],
    ids=["basic", "trial", "gold"],
)
def test_what_can_be_started(ask: Ask, trial: bool, basic: bool) -> None:
    assert ask("GET /_license/trial_status").body == {"eligible_to_start_trial": trial}
    assert ask("GET /_license/basic_status").body == {"eligible_to_start_basic": basic}


@pytest.mark.parametrize("settings", [ENDS], ids=["platinum"])
def test_what_is_installed_is_told(ask: Ask) -> None:
    found = license_of(ask)
    version = ask("GET /").body["version"]
    answer = ask("GET /_xpack").body
    assert answer == {
        "build": {"hash": version["build_hash"], "date": version["build_date"]},
        "license": {
            "uid": found["uid"],
            "type": "platinum",
            "mode": "platinum",
            "status": "active",
            "expiry_date_in_millis": 1_700_000_010_000,
        },
        "features": {"security": {"available": True, "enabled": False}},
        "tagline": "You know, for X",
    }


@pytest.mark.parametrize("settings", [Settings(security=True)], ids=["secured"])
def test_what_is_installed_takes_a_right(ask: Ask) -> None:
    assert ask("GET /_xpack").body["features"]["security"]["enabled"] is True
    assert "expiry_date_in_millis" not in ask("GET /_xpack").body["license"]
    ask("PUT /_security/user/joe", {"password": "secret1", "roles": []})
    assert ask("GET /_xpack", who="joe:secret1").status == 403
