"""The `.slack` connector: posts a message to an incoming webhook of Slack's."""

from __future__ import annotations

from mockkibana.connectors.base import Failed, Run, Thrown
from mockkibana.connectors.chat_webhooks import ChatWebhook
from mockkibana.faults.answers import ErrorAnswers
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party

_HEADERS = {"content-type": "text/html"}
_ERRORS = ErrorAnswers(
    _HEADERS,
    {},
    {
        "400": "invalid_payload",
        "403": "action_prohibited",
        "404": "no_service",
        "410": "channel_is_archived",
        "other": None,
    },
)


class SlackWebhooks(Party):
    """Slack's incoming webhooks, whatever their URL."""

    name = "slack"

    @property
    def errors(self) -> ErrorAnswers:
        """Slack's words, where there are some."""
        return _ERRORS

    def receive(self, message: Outbound, box: Box) -> Answer:  # noqa: ARG002 - it keeps nothing
        """Take a message, which has a text."""
        taken = isinstance(message.body, dict) and bool(message.body.get("text"))
        return Answer(200, "ok", _HEADERS) if taken else Answer(400, "no_text", _HEADERS)


class Slack(ChatWebhook):
    """Posts the message of a run."""

    id = ".slack"
    chat = "slack"
    party = SlackWebhooks()

    def execute(self, run: Run, params: Json) -> Json:
        """Post the message and return what Slack's SDK does. Raises `Failed` (`slack/index.ts`).

        Later versions throw what is the user's fault.
        """
        body = {"text": params["message"]}
        try:
            answer = axios.Axios(run.send).request(
                Outbound("POST", run.secrets["webhookUrl"], body=body)
            )
        except axios.AxiosError as error:
            raise _failed(run, error) from None
        if answer.body != "ok":
            raise Failed("error posting slack message", str(answer.body))
        return {"text": "ok"}


def _failed(run: Run, error: axios.AxiosError) -> Failed | Thrown:
    # Guess: both sentences are the SDK's (`@slack/webhook`, errors.ts), from memory.
    if error.response is None:
        text = f"A request error occurred: {error.message}"
        return Failed("error posting slack message", text)
    status = error.response.status
    text = f"An HTTP protocol error occurred: statusCode = {status}"
    if status != 429 and status in run.release.user_error_statuses:
        return Thrown(error.message, "user")
    if status < 500 and status != 429:
        message = f"unexpected http response from slack: {status} {axios.status_text(status)}"
        run.log.write("error", f"error on {run.connector_id} slack action: {message}")
        return Failed(message)
    seconds = axios.retry_after(error.response) if status == 429 else None
    if seconds is None:
        return Failed("error posting a slack message, retry later", text, retry=True)
    at = run.later(seconds)
    return Failed(f"error posting a slack message, retry at {at}", text, at)
