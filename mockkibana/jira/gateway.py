"""The gateway of the Jira connector to the fake Jira in this process."""

from __future__ import annotations

from urllib.parse import parse_qsl

from mockkibana.gateways import JiraAccess
from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import CONTENT_TYPE, JiraFace
from mockkibana.jira.site import Site
from mockkibana.json import Json


class EmbeddedJira:
    """A `JiraGateway` of one run, without a socket, JSON text or credentials in Base64.

    Every URL leads to the one site. Its first request makes the connector's project if need be.
    """

    def __init__(self, site: Site, face: JiraFace) -> None:
        self._site = site
        self._face = face
        self._ensured: JiraAccess | None = None

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Answer as the site's HTTP face does; the headers are those that tell answers apart."""
        if access is not self._ensured:
            self._site.ensure_project(access.project_key, access.email)
            self._ensured = access
        path, _, query = path.partition("#")[0].partition("?")
        answer = self._face.ask(
            Request(
                method=method,
                path=path,
                query=dict(parse_qsl(query, keep_blank_values=True)) if query else {},
                body=b"" if body is None else body,
                url=access.url,
                user=_user(access.email),
                raw_query=query,
            )
        )
        headers: dict[str, str | list[str]] = {"content-type": CONTENT_TYPE}
        headers |= {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, answer.body, headers)


def _user(email: str) -> str | None:
    """Return whom Basic credentials with this e-mail address name: they end it at a colon."""
    return email.partition(":")[0].encode("utf-8", "replace").decode() or None
