"""What the chat connectors share that post a message to a secret URL: schemas and checks."""

from __future__ import annotations

from mockkibana.connectors.base import ConnectorType
from mockkibana.http.urls import is_url
from mockkibana.json import Json
from mockkibana.outbound.allowed_hosts import refused_url
from mockkibana.settings import Settings
from mockkibana.validation import Schema, String


class Secrets(Schema):
    """The URL, which lets whoever knows it post."""

    webhookUrl = String()  # noqa: N815 - Kibana's own name


class Params(Schema):
    """The message."""

    message = String(min_length=1)


class ChatWebhook(ConnectorType):
    """A type that posts the message of a run to a URL; `chat` names it in the texts of refusals."""

    chat: str
    secrets = Secrets()
    params = Params()
    example = {"message": "hello, world"}  # noqa: RUF012

    def validate_secrets(self, secrets: Json, settings: Settings) -> str | None:
        """Refuse what is no URL, and a host that is not allowed; Kibana says the whole URL."""
        url = secrets["webhookUrl"]
        no_url = None if is_url(url) else "unable to parse host name from webhookUrl"
        text = no_url or refused_url(url, settings)
        return text and f"error configuring {self.chat} action: {text}"
