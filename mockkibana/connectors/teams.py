"""The `.teams` connector: posts a message to an incoming webhook of Microsoft Teams'."""

from __future__ import annotations

from mockkibana.connectors.base import Failed, Run
from mockkibana.connectors.chat_webhooks import ChatWebhook
from mockkibana.http.messages import Answer
from mockkibana.json import Json
from mockkibana.outbound import axios
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party

_THROTTLED = "ErrorCode:ApplicationThrottled"


class TeamsWebhooks(Party):
    """The incoming webhooks of Microsoft Teams, whatever their URL."""

    name = "teams"

    def receive(self, message: Outbound, box: Box) -> Answer:  # noqa: ARG002 - it keeps nothing
        """Take a message; what an Office 365 connector says to it is `1`."""
        return Answer(200, "1", {"content-type": "text/plain; charset=utf-8"})


class Teams(ChatWebhook):
    """Posts the message of a run."""

    id = ".teams"
    chat = "teams"
    party = TeamsWebhooks()

    def execute(self, run: Run, params: Json) -> Json:
        """Post the message and return the request's body. Raises `Failed` (`teams/index.ts`)."""
        body = {"text": params["message"]}
        try:
            answer = axios.Axios(run.send).request(
                Outbound("POST", run.secrets["webhookUrl"], body=body)
            )
        except axios.AxiosError as error:
            raise _failed(run, error) from None
        # Teams answers 200 to what it throttles, and says so in a text.
        if isinstance(answer.body, str) and _THROTTLED in answer.body:
            seconds = axios.retry_after(answer)
            # What Kibana hands on is the message that was to be posted.
            raise _retry(run, params["message"], seconds)
        return body


def _failed(run: Run, error: axios.AxiosError) -> Failed:
    if error.response is None:
        return Failed("error posting to Microsoft Teams, unexpected error")
    status = error.response.status
    text = f"[{status}] {axios.status_text(status)}"
    run.log.write("error", f"error on {run.connector_id} Microsoft Teams event: {text}")
    if status >= 500:
        return _retry(run)
    return Failed("error posting to Microsoft Teams, invalid response", text)


def _retry(run: Run, service_message: str | None = None, seconds: int | None = None) -> Failed:
    what = "error posting a Microsoft Teams message, retry"
    if seconds is None:
        return Failed(f"{what} later", retry=True)
    at = run.later(seconds)
    return Failed(f"{what} at {at}", service_message, at)
