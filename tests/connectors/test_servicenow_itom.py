"""The ServiceNow ITOM connector: the events that it hands over, and their times."""

from __future__ import annotations

import pytest

URL = "https://acme.service-now.com"


@pytest.fixture
def itom(create) -> str:
    secrets = {"username": "ann", "password": "secret-of-ann"}
    made = create(".servicenow-itom", {"apiUrl": URL}, secrets=secrets)
    assert made["is_deprecated"] is False
    return made["id"]


def add(**event: str | None) -> dict[str, object]:
    return {"subAction": "addEvent", "subActionParams": event}


@pytest.mark.kibana_version("8.19.0")
def test_an_event_is_handed_over_without_what_it_lacks(world, itom, execute):
    event = {"source": "kibana", "severity": "2", "description": "", "node": None}
    answer = execute(itom, add(**event, time_of_event="2021-10-13T10:51:44.981Z"))
    assert answer.json == {"status": "ok", "data": {}, "connector_id": itom}
    [delivery] = world.outbox.list(connector_type_id=".servicenow-itom")
    request = delivery["request"]
    assert (request["method"], request["url"]) == ("POST", f"{URL}/api/global/em/jsonv2")
    handed = {
        "source": "kibana",
        "severity": "2",
        "description": "",
        "time_of_event": "2021-10-13, 10:51:44",
    }
    assert request["body"] == {"records": [handed]}
    assert delivery["response"]["body"] == {
        "result": {"Default Bulk Endpoint": "1 events were inserted"}
    }
    [row] = world.outbox.parties()["servicenow"].values()
    assert row["sys_class_name"] == "em_event"
    assert handed.items() <= row.items()


@pytest.mark.parametrize(
    ("time", "sent"),
    [
        (" 1634122304981 ", "2021-10-13, 10:51:44"),
        ("0", "1970-01-01, 00:00:00"),
        ("2021-10-13", "2021-10-13, 00:00:00"),
        ("soon", None),
        ("99999999999999999", None),
        ("", None),
        (None, None),
    ],
)
@pytest.mark.kibana_version("8.19.0")
def test_the_time_of_an_event_is_told_as_servicenow_reads_it(world, itom, execute, time, sent):
    execute(itom, add(time_of_event=time))
    [delivery] = world.outbox.list()
    record = {} if sent is None else {"time_of_event": sent}
    assert delivery["request"]["body"] == {"records": [record]}


def test_events_have_severities_of_their_own(world, itom, execute):
    params = {"subAction": "getChoices", "subActionParams": {"fields": ["severity", "urgency"]}}
    choices = execute(itom, params).json["data"]
    assert [(choice["label"], choice["value"]) for choice in choices] == [
        ("Critical", "1"),
        ("Major", "2"),
        ("Minor", "3"),
        ("Warning", "4"),
        ("OK", "5"),
        ("Clear", "0"),
        ("1 - High", "1"),
        ("2 - Medium", "2"),
        ("3 - Low", "3"),
    ]
    assert choices[0]["element"] == "severity"


def test_a_failure_is_thrown_with_its_reason(world, itom, execute):
    world.faults.add({"match": {"backend": "servicenow"}, "what": {"status": 401}})
    answer = execute(itom, add(source="kibana")).json
    assert (answer["message"], answer["service_message"], answer["retry"]) == (
        "an error occurred while running the action",
        (
            "[Action][ServiceNow]: Unable to add event. Error: Request failed with status code "
            "401 Reason: User Not Authenticated: Required to provide Auth information"
        ),
        True,
    )
