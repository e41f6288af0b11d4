"""What the AI connectors share: completions, scripted or made up, and how their providers fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from mockkibana.connectors.sub_action_framework import (
    Service,
    SubActionConnector,
    malformed_url,
)
from mockkibana.faults.presets import Preset
from mockkibana.faults.reading import Part
from mockkibana.json import Json, Record, dumps
from mockkibana.outbound.party import Box, Party
from mockkibana.outbound.state import State
from mockkibana.settings import Settings
from mockkibana.store import Store
from mockkibana.validation import (
    Any,
    ArrayOf,
    ByRelease,
    Maybe,
    Number,
    Object,
    RecordOf,
    Schema,
    String,
)
from mockkibana.wildcards import wildcard

TELEMETRY = Maybe(Object({"pluginId": Maybe(String()), "aggregateBy": Maybe(String())}))
"""Who asks, for Kibana's own statistics."""


def default_model(by_version: Mapping[str, str]) -> ByRelease:
    """Return the field for a model that Kibana names where nobody does, by when that began."""
    fields = {version: String(load_default=model) for version, model in by_version.items()}
    return ByRelease(fields)


TIMEOUT = 120_000
"""How many milliseconds Kibana waits for a model, as a rule."""

_SCRIPT = "ai"  # under which name all of these parties keep what a test scripts


class Dashboard(Schema):
    """A dashboard of the tokens that were used."""

    dashboardId = String()  # noqa: N815 - Kibana's own name


DASHBOARD = Dashboard()


def dashboard(service: Service, params: Json) -> Json:  # noqa: ARG001 - there are no dashboards
    """Say that the dashboard is there.

    Guess: always, as to whoever may read the event log; Kibana makes it then (`initDashboard`).
    """
    return {"available": True}


class AiConnector(SubActionConnector):
    """A type whose provider has a URL of its own; `action` names it in texts of refusals."""

    action: ClassVar[str]
    url_keys = ("apiUrl",)

    def validate_config(self, config: Json, settings: Settings) -> str | None:
        """Refuse what is no URL of HTTP, and a host that is not allowed."""
        text = malformed_url(config["apiUrl"]) or super().validate_config(config, settings)
        return text and f"Error configuring {self.action} action: Error: {text}"


class Reply(Schema):
    """One completion that a test scripts.

    It is for the first request of a connector of the type `connector_type` (None: of any) whose
    last message of the user fits `prompt`, in which `*` stands for any characters. `tool_calls` are
    `{"name", "arguments"}`. Tokens that `usage` does not tell are counted.
    """

    text = Maybe(String())
    tool_calls = Maybe(
        ArrayOf(Object({"name": String(min_length=1), "arguments": Maybe(RecordOf(Any()))}))
    )
    usage = Maybe(
        Object(
            {"prompt_tokens": Maybe(Number(min=0)), "completion_tokens": Maybe(Number(min=0))},
        )
    )
    prompt = Maybe(String(min_length=1))
    connector_type = Maybe(String(min_length=1))


REPLY = Reply()
"""The schema of a scripted reply."""


def add_reply(store: Store, reply: Json) -> Record:
    """Keep a reply for the first request that it is for, and return it. Raises `Refused`."""
    record: Record = REPLY.load(reply)
    state = State(store, _SCRIPT)
    state.put(str(state.number("reply")), record)
    return record


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model says: a text, calls of tools or both; and how many tokens that took."""

    text: str
    tool_calls: tuple[Record, ...]
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        """All of them."""
        return self.prompt_tokens + self.completion_tokens


class Models(Party):
    """A provider's models: they answer what a test has scripted, else they repeat the prompt.

    `failures` are what the provider says when something goes wrong: what a fault rule does, by the
    name of the preset without the party's. `asked` are the paths of some of them, where not every
    request to the provider is one to a model.
    """

    records = {_SCRIPT: REPLY}  # noqa: RUF012
    failures: ClassVar[Mapping[str, Record]] = {}
    asked: ClassVar[Mapping[str, str]] = {}

    @property
    def presets(self) -> Mapping[str, Callable[[Json], Preset]]:
        """What goes wrong with a provider."""
        own = {f"{self.name}-{name}": partial(self._failing, name) for name in self.failures}
        return {**super().presets, **own}

    def _failing(self, name: str, given: Json) -> Preset:
        """Answer as told; one that is asked too often may say for how long, `retry_after`."""
        what = self.failures[name]
        is_busy = what["status"] == 429
        part = Part(given, "with", ("retry_after",) if is_busy else ())
        seconds = part.integer("retry_after", 0)
        more = {} if seconds is None else {"retry_after": seconds}
        path = {"path": self.asked[name]} if name in self.asked else {}
        return Preset(({"backend": self.name, **path},), {**what, **more})

    def complete(self, messages: Json, box: Box, system: Json = None) -> Completion:
        """Return the completion of a conversation: messages as the provider is sent them.

        A scripted reply is used up; those for a prompt come before those for any, each in order.
        Tokens are words.
        """
        spoken = list(said(messages))
        prompt = next((text for role, text in reversed(spoken) if role == "user"), "")
        reply = take_reply(prompt, box) or {"text": f"You said: {prompt}" if prompt else "Hello!"}
        text, calls = reply.get("text", ""), tuple(reply.get("tool_calls", ()))
        usage = reply.get("usage", {})
        asked = _words([text for _, text in (*spoken, *said([{"content": system}]))])
        answered = _words([text, *(f"{call['name']} {dumps(_arguments(call))}" for call in calls)])
        return Completion(
            text=text,
            tool_calls=tuple({"name": c["name"], "arguments": _arguments(c)} for c in calls),
            prompt_tokens=usage.get("prompt_tokens", asked),
            completion_tokens=usage.get("completion_tokens", answered),
        )


def take_reply(prompt: str, box: Box) -> Record | None:
    """Return what is scripted for a prompt, which is used up; those for it before those for any."""
    state, type_id = box.state(_SCRIPT), box.run.connector_type_id

    def is_for_prompt(reply: Record) -> bool:
        return "prompt" in reply and is_for_any(reply) and wildcard(reply["prompt"])(prompt)

    def is_for_any(reply: Record) -> bool:
        return bool(reply.get("connector_type", type_id) == type_id)

    if not state.rows():
        return None
    return state.take(is_for_prompt) or state.take(
        lambda reply: "prompt" not in reply and is_for_any(reply)
    )


def _arguments(call: Record) -> Record:
    arguments: Record = call.get("arguments", {})
    return arguments


def _words(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def said(messages: Json) -> Iterator[tuple[str, str]]:
    """Iterate over roles and texts; a message has a `content`, or `parts`: a text or a list."""
    for message in messages if isinstance(messages, list) else ():
        if not isinstance(message, dict):
            continue
        content = message.get("content", message.get("parts"))
        for part in content if isinstance(content, list) else [{"text": content}]:
            text = part.get("text") if isinstance(part, dict) else None
            if isinstance(text, str):
                yield str(message.get("role", "user")), text
