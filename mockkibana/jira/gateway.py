"""The gateway of the Jira connector to the fake Jira in this process."""

from __future__ import annotations

from urllib.parse import parse_qsl

from mockkibana.gateways import JiraAccess
from mockkibana.http.messages import Answer, Request
from mockkibana.jira.face.face import JiraFace
from mockkibana.jira.site import Site
from mockkibana.json import Json


class EmbeddedJira:
    """A `JiraGateway` without a socket and without JSON text: every URL leads to the one site."""

    def __init__(self, site: Site, face: JiraFace) -> None:
        self._site = site
        self._face = face

    def request(self, access: JiraAccess, method: str, path: str, body: Json = None) -> Answer:
        """Answer as the site's HTTP face does; the connector's project is made if need be."""
        self._site.ensure_project(access.project_key, access.email)
        path, _, query = path.partition("#")[0].partition("?")
        answer = self._face.handle(
            Request(
                method=method,
                path=path,
                query=dict(parse_qsl(query, keep_blank_values=True)),
                headers={"authorization": access.authorization},
                body=b"" if body is None else body,
                url=access.url,
                raw_query=query,
            )
        )
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Answer(answer.status, answer.body, headers)
