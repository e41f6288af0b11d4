"""The outbox of a handle: what was sent is there as values, to assert on and to wait for."""

from __future__ import annotations

import json
import re
from functools import partial
from threading import Timer
from typing import Any

import pytest

from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.journal import Journal
from mockkibana.outbound.party import Party
from mockkibana.testing.handle import MockKibana
from mockkibana.testing.sent import Completion, Sent, Usage
from soak.samples import SAMPLES


def connector(handle: MockKibana, type_id: str, **config: Any) -> str:
    known, secrets = SAMPLES[type_id]
    made = handle.connectors.create(type_id, config={**known, **config}, secrets=secrets)
    return made["id"]


def run(handle: MockKibana, type_id: str, sub_action: str | None = None, **params: Any) -> Any:
    given = params if sub_action is None else {"subAction": sub_action, "subActionParams": params}
    answer = handle.connectors.run(connector(handle, type_id), given)
    assert answer["status"] == "ok", answer
    return answer.get("data")


def test_a_mail_has_a_subject_recipients_and_both_texts(handle: MockKibana) -> None:
    run(handle, ".email", to=["a@x.org"], cc=["b@x.org"], subject="disk", message="it is **full**")
    mail = handle.outbox.mail[-1]
    assert (mail.subject, mail.sender) == ("disk", "bob@example.com")
    assert (mail.to, mail.cc, mail.bcc) == (("a@x.org",), ("b@x.org",), ())
    assert mail.recipients == ("a@x.org", "b@x.org")
    assert mail.text.startswith("it is **full**\n")
    assert "<strong>full</strong>" in mail.html
    assert mail.mime.startswith("From: bob@example.com\r\n") or "\r\nSubject: disk\r\n" in mail.mime
    assert mail.message_id.endswith("@example.com>")
    assert (mail.method, mail.url, mail.status) == ("SMTP", "smtp://mail.example.com:25", 250)


def test_a_mail_by_exchange_is_one_too(handle: MockKibana) -> None:
    config = {"service": "exchange_server", "from": "bob@x.org", "tenantId": "t", "clientId": "c"}
    made = handle.connectors.create(".email", config=config, secrets={"clientSecret": "of-ops"})
    params = {"to": ["a@x.org"], "bcc": ["c@x.org"], "subject": "disk", "message": "full"}
    assert handle.connectors.run(made["id"], params)["status"] == "ok"
    (mail,) = handle.outbox.mail
    assert (mail.subject, mail.sender, mail.to, mail.bcc) == (
        "disk",
        "bob@x.org",
        ("a@x.org",),
        ("c@x.org",),
    )
    assert "<p>full" in mail.html
    assert len(handle.outbox.deliveries(".email")) == 2  # the token, too


def test_a_message_to_slack_has_its_text_blocks_and_channel(handle: MockKibana) -> None:
    run(handle, ".slack", message="by webhook")
    run(handle, ".slack_api", "validChannelId", channelId="C07ABCDEF12")
    run(handle, ".slack_api", "postMessage", channelIds=["C07ABCDEF12"], text="by api")
    blocks = {"blocks": [{"type": "divider"}]}
    run(handle, ".slack_api", "postBlockkit", channels=["general"], text=json.dumps(blocks))
    told = [(each.text, each.channel, each.blocks) for each in handle.outbox.slack]
    assert told == [
        ("by webhook", "", ()),
        ("by api", "C07ABCDEF12", ()),
        ("", "general", ({"type": "divider"},)),
    ]


def test_a_message_to_teams_has_its_text(handle: MockKibana) -> None:
    run(handle, ".teams", message="disk full")
    assert [message.text for message in handle.outbox.teams] == ["disk full"]


def test_an_event_of_pagerduty_has_its_key_and_action(handle: MockKibana) -> None:
    run(handle, ".pagerduty", summary="disk full", severity="critical", component="sda")
    first = handle.outbox.pagerduty[0]
    assert (first.action, first.summary, first.severity) == ("trigger", "disk full", "critical")
    assert re.fullmatch("[0-9a-f]{32}", first.dedup_key)
    assert first.payload["component"] == "sda"
    run(handle, ".pagerduty", eventAction="resolve", dedupKey=first.dedup_key)
    assert handle.outbox.pagerduty[-1].action == "resolve"
    assert handle.outbox.pagerduty[-1].dedup_key == first.dedup_key


def test_an_alert_of_opsgenie_is_opened_and_closed(handle: MockKibana) -> None:
    alert = {"message": "disk full", "alias": "disk-1", "tags": ["a"], "priority": "P1"}
    run(handle, ".opsgenie", "createAlert", **alert)
    run(handle, ".opsgenie", "closeAlert", alias="disk-1", note="done")
    opened, closed = handle.outbox.alerts
    assert (opened.action, opened.message, opened.alias) == ("create", "disk full", "disk-1")
    assert (opened.tags, opened.priority, opened.fields) == (("a",), "P1", alert)
    assert (closed.action, closed.alias, closed.note) == ("close", "disk-1", "done")


COMMENTS = [{"comment": "sda", "commentId": "1"}]
# What is pushed, and which of the numbers that people know an incident by is its own.
INCIDENTS: dict[str, tuple[dict[str, Any], str, str]] = {
    ".servicenow": ({"short_description": "disk"}, "INC0010001", "update"),
    ".servicenow-sir": ({"short_description": "disk"}, "SIR0010001", "update"),
    ".resilient": ({"name": "disk"}, "2095", "comment"),
    ".swimlane": ({"ruleName": "disk"}, "ET-1", "comment"),
    ".thehive": ({"title": "disk", "description": "full"}, "1", "comment"),
    ".cases-webhook": ({"title": "disk"}, "CK-1", "comment"),
}


@pytest.mark.parametrize("type_id", INCIDENTS)
def test_an_incident_is_made_commented_on_and_changed(handle: MockKibana, type_id: str) -> None:
    incident, number, commenting = INCIDENTS[type_id]
    made = run(handle, type_id, "pushToService", incident=incident, comments=COMMENTS)
    again = {**incident, "externalId": made["id"]}
    run(handle, type_id, "pushToService", incident=again, comments=[])
    created, commented, updated = handle.outbox.incidents
    actions = (created.action, commented.action, updated.action)
    assert actions == ("create", commenting, "update")
    assert created.id == commented.id == updated.id == made["id"]
    assert created.sys_id == created.id
    assert created.number == number
    assert "disk" in str(created.fields)
    assert "sda" in str(commented.fields)


def test_an_incident_goes_by_way_of_an_import_set(handle: MockKibana) -> None:
    id_ = connector(handle, ".servicenow-sir", usesTableApi=False)
    incident = {"short_description": "disk", "dest_ip": ["1.1.1.1"]}
    push = {"subAction": "pushToService", "subActionParams": {"incident": incident}}
    assert handle.connectors.run(id_, push)["status"] == "ok"
    imported, observed = handle.outbox.incidents
    assert (imported.action, imported.number) == ("create", "SIR0010001")
    assert imported.fields["short_description"] == "disk"
    assert (observed.action, observed.id) == ("update", imported.id)
    assert observed.fields["observables"][0]["value"] == "1.1.1.1"


def test_events_and_what_soars_take_are_incidents_too(handle: MockKibana) -> None:
    run(handle, ".servicenow-itom", "addEvent", source="kibana", description="disk")
    run(handle, ".xsoar", "run", name="disk", createInvestigation=True, severity=1)
    run(handle, ".xsoar", "getPlaybooks")
    event, incident = handle.outbox.incidents
    assert (event.action, event.fields["description"]) == ("create", "disk")
    assert (incident.number, incident.fields["name"]) == ("1", "disk")


MESSAGES = [{"role": "user", "content": "Why?"}]
CONTENTS = [{"role": "user", "parts": [{"text": "Why?"}]}]
TURNS = [{"role": "user", "content": [{"text": "Why?"}]}]
COMPLETIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "openai": (".gen-ai", "run", {"body": json.dumps({"messages": MESSAGES})}),
    "openai, streamed": (".gen-ai", "invokeStream", {"messages": MESSAGES}),
    "bedrock": (".bedrock", "invokeAI", {"messages": MESSAGES}),
    "bedrock, streamed": (".bedrock", "invokeStream", {"messages": MESSAGES}),
    "bedrock's turns": (".bedrock", "converse", {"messages": TURNS}),
    "bedrock's turns, streamed": (".bedrock", "converseStream", {"messages": TURNS}),
    "gemini": (".gemini", "run", {"body": json.dumps({"contents": CONTENTS})}),
    "gemini, streamed": (".gemini", "invokeStream", {"messages": MESSAGES}),
    "inference": (".inference", "unified_completion", {"body": {"messages": MESSAGES}}),
}


@pytest.mark.parametrize("name", COMPLETIONS)
def test_a_completion_has_its_prompt_text_calls_and_usage(handle: MockKibana, name: str) -> None:
    type_id, sub_action, params = COMPLETIONS[name]
    calls = [{"name": "search", "arguments": {"q": "x", "deep": {"n": 1}}}]
    usage = {"prompt_tokens": 3, "completion_tokens": 5}
    handle.outbox.ai.reply("Because.", tool_calls=calls, usage=usage)
    id_ = connector(handle, type_id)
    handle.connectors.run(id_, {"subAction": sub_action, "subActionParams": params})
    completion = handle.outbox.ai[-1]
    assert (completion.prompt, completion.completion) == ("Why?", "Because.")
    assert completion.tool_calls == tuple(calls)
    assert completion.usage == Usage(3, 5)
    assert completion.usage.total_tokens == 8
    assert completion.model
    assert len(completion.messages) == 1


def test_a_task_without_a_conversation_has_a_prompt_or_is_none(handle: MockKibana) -> None:
    id_ = connector(handle, ".inference")
    for task in ("completion", "sparse_embedding"):
        params = {"subAction": task, "subActionParams": {"input": "Why?"}}
        assert handle.connectors.run(id_, params)["status"] == "ok"
    [completion] = handle.outbox.ai
    assert (completion.prompt, completion.completion) == ("Why?", "You said: Why?")
    assert handle.outbox.ai[:] == [completion]
    assert repr(handle.outbox.ai) == repr([completion])


def test_what_a_model_is_told_before_is_its_system(handle: MockKibana) -> None:
    run(handle, ".gemini", "invokeAI", messages=MESSAGES, systemInstruction="Be brief.")
    run(handle, ".bedrock", "invokeAI", messages=MESSAGES, system="Be brief.")
    assert [completion.system for completion in handle.outbox.ai] == ["Be brief."] * 2


def test_a_request_of_a_webhook_is_as_it_was_sent(handle: MockKibana) -> None:
    run(handle, ".webhook", body='{"text": "disk full"}')
    [request] = handle.outbox.webhook
    assert (request.method, request.url) == ("POST", "https://hooks.example.com/alerts")
    assert request.headers["Authorization"] == "Basic [redacted]"
    assert (request.body, request.json) == ('{"text": "disk full"}', {"text": "disk full"})
    assert (request.seq, request.type, request.space) == (1, ".webhook", "default")
    assert str(request) == "#1 .webhook POST https://hooks.example.com/alerts 200"
    assert request.record["request"]["body"] == request.body


def test_what_was_sent_is_of_the_kind_of_its_type(handle: MockKibana) -> None:
    run(handle, ".torq", body="[1]")
    run(handle, ".gen-ai", "invokeAI", messages=MESSAGES)
    assert [type(each) for each in handle.outbox.sent()] == [Sent, Completion]
    assert [each.type for each in handle.outbox.sent(since=1)] == [".gen-ai"]
    assert handle.outbox.sent(space="other") == []


def test_whatever_a_type_is_answered_what_it_sent_is_a_value() -> None:
    answers: list[Any] = [
        {"status": 500},
        {"status": 200, "body": [1]},
        {"status": 201, "body": ""},
    ]
    types = ConnectorTypes()
    with MockKibana() as handle:
        for type_id in SAMPLES:
            known = types.get(type_id)
            assert known is not None
            if not isinstance(known.party, Party):
                continue
            id_, before = connector(handle, type_id), len(handle.outbox.deliveries())
            handle.connectors.run(id_, known.example)
            for what in answers:
                with handle.faults.add(match={"backend": known.party.name}, what=what):
                    handle.connectors.run(id_, known.example)
            found = handle.outbox.sent(type_id)
            assert found, type_id
            assert len(found) <= len(handle.outbox.deliveries()) - before
        assert handle.bugs == []


def mails(handle: MockKibana) -> str:
    id_ = connector(handle, ".email")
    for subject in ("disk full", "disk is full", "cpu hot"):
        mail = {"to": ["a@x.org"], "subject": subject, "message": subject}
        handle.connectors.run(id_, mail)
    run(handle, ".webhook", body='{"text": "disk full", "tags": ["a", 1]}')
    return id_


TAKEN: list[tuple[str | None, dict[str, Any], list[int]]] = [
    (None, {}, [1, 2, 3, 4]),
    (".email", {}, [1, 2, 3]),
    (".email", {"subject": "disk full"}, [1]),
    (".email", {"subject": "disk*"}, [1, 2]),
    (".email", {"subject": re.compile("hot$")}, [3]),
    (".email", {"to": ["a@x.org"], "subject": lambda subject: " is " in subject}, [2]),
    (".webhook", {"body": {"text": "disk full"}}, [4]),
    (".webhook", {"json": {"tags": ["a", 1]}}, [4]),
    (".webhook", {"body": '*"disk full"*', "status": 200}, [4]),
    (None, {"method": "POST"}, [4]),
    (None, {"subject": "cpu hot"}, [3]),
]


@pytest.mark.parametrize(("type_id", "expected", "numbers"), TAKEN)
def test_what_was_sent_is_asserted(
    handle: MockKibana, type_id: str | None, expected: dict[str, Any], numbers: list[int]
) -> None:
    mails(handle)
    assert [each.seq for each in handle.outbox.assert_sent(type_id, **expected)] == numbers
    with pytest.raises(AssertionError, match=r"^Expected no delivery") as failed:
        handle.outbox.assert_not_sent(type_id, **expected)
    assert f"#{numbers[-1]} " in str(failed.value)


MAIL = "SMTP smtp://mail.example.com:25 250"
HOOK = "#4 .webhook POST https://hooks.example.com/alerts 200"
MISSING: list[tuple[str | None, dict[str, Any], str]] = [
    (
        ".email",
        {"subject": "disk empty", "to": ["a@x.org"]},
        (
            "Expected a delivery of '.email' with subject 'disk empty' and to ['a@x.org'], but "
            "there was none. Nearest to it:\n"
            f"  #3 .email {MAIL}: subject is 'cpu hot', expected 'disk empty'\n"
            f"  #2 .email {MAIL}: subject is 'disk is full', expected 'disk empty'\n"
            f"  #1 .email {MAIL}: subject is 'disk full', expected 'disk empty'\n"
            "outbox.sent('.email') tells all of it; outbox.wait_for waits for what is to come."
        ),
    ),
    (
        ".webhook",
        {"body": {"text": "cpu", "tags": ["a", True], "more": 1}},
        (
            "Expected a delivery of '.webhook' with body {'text': 'cpu', 'tags': ['a', True], "
            "'more': 1}, but there was none. Nearest to it:\n"
            f"  {HOOK}: body.text is 'disk full', expected 'cpu'; body.tags[1] is 1, expected "
            "True; body has no 'more'\n"
            "outbox.sent('.webhook') tells all of it; outbox.wait_for waits for what is to come."
        ),
    ),
    (
        ".slack",
        {"text": "disk full"},
        (
            "Expected a delivery of '.slack' with text 'disk full', but there was none. What was "
            f"sent:\n  #1 .email {MAIL}\n  #2 .email {MAIL}\n  #3 .email {MAIL}\n  {HOOK}\n"
            "No such connector was run; journal.calls() tells what was called."
        ),
    ),
]


@pytest.mark.parametrize(("type_id", "expected", "text"), MISSING)
def test_what_is_missing_is_told_with_what_was_sent_instead(
    handle: MockKibana, type_id: str | None, expected: dict[str, Any], text: str
) -> None:
    mails(handle)
    with pytest.raises(AssertionError) as failed:
        handle.outbox.assert_sent(type_id, **expected)
    assert str(failed.value) == text
    handle.outbox.assert_not_sent(type_id, **expected)


def test_an_empty_outbox_is_told_and_so_is_who_sent_nothing(handle: MockKibana) -> None:
    text = "Expected a delivery of '.slack' by 'x' from space 'ops', but there was none."
    with pytest.raises(AssertionError) as failed:
        handle.outbox.assert_sent(".slack", connector="x", space="ops")
    assert str(failed.value).splitlines()[0] == f"{text} Nothing was sent."


def test_a_run_that_failed_is_told_where_something_is_missing(handle: MockKibana) -> None:
    id_ = connector(handle, ".slack")
    handle.faults.add("slack-down")
    handle.connectors.run(id_, {"message": "disk full"})
    for assertion in (handle.outbox.assert_sent, partial(handle.outbox.wait_for, timeout=0)):
        with pytest.raises(AssertionError) as failed:
            assertion(".slack", text="disk full")
        assert str(failed.value).splitlines()[-1] == (
            "The last run (of 1) failed: error posting slack message: A request error occurred: "
            "connect ECONNREFUSED hooks.example.com:443. "
            f"journal.calls(connector={id_!r}) tells all of it."
        )


def test_that_no_runs_are_remembered_is_told_where_something_is_missing() -> None:
    with MockKibana() as handle:
        world = handle.source.world
        world.journal = Journal(world.clock, 0)
        with pytest.raises(
            AssertionError, match=r"Nothing was sent\.\nThe journal is switched off"
        ):
            handle.outbox.assert_sent(".slack")


def test_a_name_that_nothing_has_is_a_mistake_of_the_test(handle: MockKibana) -> None:
    with pytest.raises(TypeError, match=r"the type \.slack send has the attribute 'subject'"):
        handle.outbox.assert_sent(".slack", subject="x")
    with pytest.raises(TypeError, match="nothing that is sent has the attribute 'color'"):
        handle.outbox.assert_not_sent(color="red")


def test_the_failure_shows_the_line_of_the_test(handle: MockKibana) -> None:
    with pytest.raises(AssertionError) as failed:
        handle.outbox.assert_sent(".slack")
    assert failed.traceback[-1].frame.f_locals.get("__tracebackhide__") is True


def test_a_delivery_is_waited_for(handle: MockKibana) -> None:
    id_ = connector(handle, ".webhook")
    handle.connectors.run(id_, {"body": "one"})
    timer = Timer(0.02, handle.connectors.run, (id_, {"body": "two"}))
    timer.start()
    assert [each.body for each in handle.outbox.wait_for(".webhook", body="tw*")] == ["two"]
    timer.join()
    assert len(handle.outbox.wait_for(count=2, timeout="1s")) == 2


def test_a_delivery_that_does_not_come_is_told(handle: MockKibana) -> None:
    run(handle, ".webhook", body="one")
    with pytest.raises(AssertionError, match=r"'\.webhook' with body 'two' within 0\.01 s, but"):
        handle.outbox.wait_for(".webhook", body="two", timeout=0.01)
    with pytest.raises(AssertionError, match=r"^Expected 2 times a delivery .* were 1:\n  #1 "):
        handle.outbox.wait_for(".webhook", count=2, timeout=0.01)


def test_what_a_test_does_to_a_delivery_stays_its_own(handle: MockKibana) -> None:
    run(handle, ".webhook", body="one")
    handle.outbox.deliveries()[0]["request"]["headers"].clear()
    assert handle.outbox.webhook[0].headers
