"""Jira at the other end of the Jira connector's requests, in this process or a real one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from mockkibana.faults.answers import ErrorAnswers
from mockkibana.faults.errors import BadRule
from mockkibana.faults.presets import Preset, to_backend_and_face
from mockkibana.faults.reading import Part
from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import CONTENT_TYPE, JiraFace
from mockkibana.jira.site import Site
from mockkibana.journal.made import Made
from mockkibana.json import Json
from mockkibana.outbound.message import Outbound
from mockkibana.outbound.party import Box, Party
from mockkibana.store import StoreError
from mockkibana.store.errors import Superseded

if TYPE_CHECKING:
    from mockkibana.outbound.network import Network


# Guess: the page around the reason.
_CAPTCHA: Mapping[str, Json] = {
    "body": "<html><head><title>Forbidden (403)</title></head><body><h1>Forbidden (403)</h1>"
    "<p>Encountered a &quot;403 - Forbidden&quot; error while loading this page.</p>"
    "<p>Basic Authentication Failure - Reason : AUTHENTICATION_DENIED</p></body></html>",
    "headers": {
        "content-type": "text/html;charset=UTF-8",
        "x-seraph-loginreason": "AUTHENTICATION_DENIED",
        "x-authentication-denied-reason": "CAPTCHA_CHALLENGE; "
        "login-url=https://jira.example.com/login.jsp",
    },
}


class JiraParty(Party):
    """The one site, to which every URL leads; with a `network` the real Jira behind it instead."""

    name = "jira"
    keeps_deliveries = False

    def __init__(self, site: Site, face: JiraFace, network: Network | None = None) -> None:
        self._site = site
        self._face = face
        self._network = network

    @property
    def errors(self) -> ErrorAnswers:
        """The bodies of Jira."""
        # Guess: of some. The 403 is what creating an issue says; the 429 has the known words in
        # the shape of Jira's other errors.
        return ErrorAnswers.shipped("jira")

    @property
    def presets(self) -> Mapping[str, Callable[[Json], Preset]]:
        """What goes wrong in Jira."""
        return {
            **super().presets,
            "jira-unauthorized": self._unauthorized,
            "jira-captcha": self._captcha,
            "jira-requires-field": self._requires_field,
        }

    def receive(self, message: Outbound, box: Box) -> Answer:
        """Answer as Jira does, and note the issue or the comment that a message made."""
        path = message.url[len(message.base) :]  # the connector always tells its base
        try:
            answer = self._network.send(message) if self._network else self._ask(message, path, box)
        except Superseded:
            raise  # Kibana itself says so
        except StoreError:
            answer = self._face.unwritten()
        body = answer.body
        if message.method == "POST" and answer.status == 201 and isinstance(body, dict):
            id_, key = body.get("id"), box.config["projectKey"]
            if id_ is not None and path.endswith("/comment"):
                box.made.append(Made("comment", key, str(id_)))
            elif id_ is not None:
                box.made.append(Made("issue", key, str(id_), body.get("key")))
        return answer

    def _ask(self, message: Outbound, path: str, box: Box) -> Answer:
        """Ask the face, without a socket, JSON text or credentials in Base64.

        A run's first message makes the connector's project if need be.
        """
        email = message.auth[0] if message.auth else ""
        if not box.begun:
            self._site.ensure_project(box.config["projectKey"], email)
        path, _, query = path.partition("#")[0].partition("?")
        answer = self._face.ask(
            Request(
                method=message.method,
                path=path,
                query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
                body=b"" if message.body is None else message.body,
                url=message.base,
                user=_user(email),
                raw_query=query,
            ),
            message.auth[1] if message.auth else None,
        )
        headers: dict[str, str | list[str]] = {"content-type": CONTENT_TYPE}
        headers |= {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, answer.body, headers)

    def _unauthorized(self, given: Json) -> Preset:
        """Jira takes no connector's credentials."""
        Part(given, "with", ())
        return Preset(({"backend": "jira"},), {"status": 401})

    def _captcha(self, given: Json) -> Preset:
        """Jira wants a captcha of whoever has failed to log in too often: a Server's page."""
        Part(given, "with", ())
        return Preset(({"backend": "jira"}, {"face": "jira"}), {"status": 403, **_CAPTCHA})

    def _requires_field(self, given: Json) -> Preset:
        """Every project requires a field, which its create metadata show too."""
        part = Part(given, "with", ("field", "name"))
        field = part.needed("field", "customfield_10100")
        try:
            undo = self._site.require_field(field, part.text("name", "Team"))
        except LookupError as error:
            raise BadRule(f"with.field: {error}") from None
        creates = ("/rest/api/{version}/issue",)
        return Preset(to_backend_and_face("jira", creates, "POST"), undo=undo)


def _user(email: str) -> str | None:
    """Return whom Basic credentials with this e-mail address name: they end it at a colon."""
    return email.partition(":")[0].encode("utf-8", "replace").decode() or None
