"""The `.tines` connector: lists Tines' stories and their webhooks, and runs these."""

from __future__ import annotations

import re
from typing import Any

from mockkibana.connectors.base import Thrown
from mockkibana.connectors.sub_action_framework import ANYTHING, Service, SubActionConnector
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.validation import ArrayOf, Boolean, Maybe, Number, Object, Schema, String

_WEBHOOK_AGENT = "Agents::WebhookAgent"
_PER_PAGE = 500
_HEADERS = {"content-type": "application/json; charset=utf-8"}
_PAGE = {"current_page": 1, "previous_page": None, "next_page": None, "per_page": 500, "pages": 1}
_STORY: Json = {"id": 1, "name": "Elastic", "published": True, "disabled": False, "team_id": 1}
_AGENT: Json = {
    "id": 2,
    "name": "Elastic webhook",
    "type": _WEBHOOK_AGENT,
    "story_id": 1,
    "options": {"path": "elastic", "secret": "elastic-secret"},
}
_STORY_ID = re.compile("[?&]story_id=([^&]*)")


class Tines(Party):
    """A tenant of Tines' with one story, which begins with a webhook.

    It takes what is posted to any webhook; the outbox has it.
    """

    name = "tines"

    @property
    def errors(self) -> ErrorAnswers:
        """Tines' JSON, which Kibana does not read."""
        return ErrorAnswers(_HEADERS, {}, {"other": {"error": "{reason}"}})

    def receive(self, message: Outbound, box: Box) -> Answer:  # noqa: ARG002 - it keeps nothing
        """List what there is, or take an event."""
        path = message.path.partition("?")[0]
        if message.method == "POST":
            return Answer(200, {"status": "ok"}, _HEADERS)
        if path.endswith("/api/v1/stories"):
            return _listed("stories", [_STORY])
        if path.endswith("/api/v1/agents"):
            story = _STORY_ID.search(message.path)
            return _listed("agents", [_AGENT] if story and story[1] == "1" else [])
        return self.errors.answer(404, path)


def _listed(what: str, rows: list[Json]) -> Answer:
    return Answer(200, {what: rows, "meta": {**_PAGE, "count": len(rows)}}, _HEADERS)


class Config(Schema):
    """The URL of a tenant of Tines'."""

    url = String()


class Secrets(Schema):
    """The account that reads stories and webhooks."""

    email = String()
    token = String()


class Webhooks(Schema):
    """The story whose webhooks are listed."""

    storyId = Number(coerced=True)  # noqa: N815 - Kibana's own names, here and below


class Webhook(Schema):
    """A webhook, as the listing has it; zod drops the last two keys."""

    unknowns = {"8.17": "forbid", "9.3": "ignore"}  # noqa: RUF012
    id = Number(coerced=True)
    name = String()
    storyId = Number(coerced=True)  # noqa: N815
    path = String(until="9.2")
    secret = String(until="9.2")


class Run(Schema):
    """A webhook, or its URL, and the text of JSON that is sent there."""

    webhook = Maybe(Object(Webhook()))
    webhookUrl = Maybe(String())  # noqa: N815
    body = String()


_META = Object({"pages": Number(coerced=True)}, unknowns="ignore")
_STORIES = Object(
    {
        "meta": _META,
        "stories": ArrayOf(
            Object(
                {"id": Number(coerced=True), "name": String(), "published": Boolean()},
                unknowns="ignore",
            )
        ),
    },
    unknowns="ignore",
)
_AGENTS = Object(
    {
        "meta": _META,
        "agents": ArrayOf(
            Object(
                {
                    "id": Number(coerced=True),
                    "name": String(),
                    "type": String(),
                    "story_id": Number(coerced=True),
                    "options": Object(
                        {"path": Maybe(String()), "secret": Maybe(String())}, unknowns="ignore"
                    ),
                },
                unknowns="ignore",
            )
        ),
    },
    unknowns="ignore",
)
_RUN = Object({}, unknowns="ignore")


def _stories(service: Service, _: Json) -> Json:
    answer = _asked(service, "/api/v1/stories", _STORIES, {})
    stories = [{key: row[key] for key in ("id", "name", "published")} for row in answer["stories"]]
    return {"stories": stories, "incompleteResponse": answer["meta"]["pages"] > 1}


def _webhooks(service: Service, params: Json) -> Json:
    query = {"story_id": params["storyId"]}
    answer = _asked(service, "/api/v1/agents", _AGENTS, query)
    webhooks = [
        {
            "id": row["id"],
            "name": row["name"],
            "path": row["options"].get("path", ""),
            "secret": row["options"].get("secret", ""),
            "storyId": row["story_id"],
        }
        for row in answer["agents"]
        if row["type"] == _WEBHOOK_AGENT
    ]
    return {"webhooks": webhooks, "incompleteResponse": answer["meta"]["pages"] > 1}


def _asked(service: Service, path: str, response: Object, query: Json) -> Json:
    secrets = service.secrets
    headers = {"x-user-email": secrets["email"], "x-user-token": secrets["token"]}
    query = {**query, "per_page": _PER_PAGE}
    url = service.config["url"] + path
    return _requested(service, "GET", url, headers=headers, query=query, response=response)


def _run(service: Service, params: Json) -> Json:
    webhook, url = params.get("webhook"), params.get("webhookUrl")
    if not url and webhook is None:
        raise Thrown("Invalid subActionsParams: [webhook] or [webhookUrl] expected but got none")
    if not url:
        # What was dropped is not defined in JavaScript.
        path, secret = webhook.get("path", "undefined"), webhook.get("secret", "undefined")
        url = f"{service.config['url']}/webhook/{path}/{secret}"
    return _requested(service, "POST", url, params["body"], response=_RUN)


def _requested(service: Service, *arguments: Any, **options: Any) -> Json:
    """Send a request; a 429 is the user's fault (`wrapError` of `tines/tines.ts`)."""
    try:
        return service.request(*arguments, **options)
    except Thrown as thrown:
        # Guess: 8.17 does so, too; the change came without a version.
        source = "user" if thrown.text.startswith("Status code: 429.") else thrown.error_source
        raise Thrown(thrown.text, source) from None


class TinesConnector(SubActionConnector):
    """Does one sub-action a run."""

    id = ".tines"
    config = Config()
    secrets = Secrets()
    party = Tines()
    sub_actions = {  # noqa: RUF012
        "stories": (ANYTHING, _stories),
        "webhooks": (Webhooks(), _webhooks),
        "run": (Run(), _run),
        "test": (Run(), _run),
    }
    example = {  # noqa: RUF012
        "subAction": "run",
        "subActionParams": {"webhookUrl": "https://tines.example.com/webhook/a/b", "body": "{}"},
    }

    def error_text(self, error: axios.AxiosError) -> str:
        """Return the answer's reason phrase, or the error itself."""
        if error.response is None:
            return f"AxiosError: {error.message}"
        return f"API Error: {axios.status_text(error.response.status)}"
