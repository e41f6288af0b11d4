"""Requests of the Elasticsearch face."""

from __future__ import annotations

from dataclasses import dataclass
from string import punctuation
from typing import TYPE_CHECKING
from urllib.parse import quote

from mockkibana.elasticsearch.errors import parse_exception
from mockkibana.elasticsearch.face import media_types
from mockkibana.elasticsearch.json import bodies
from mockkibana.elasticsearch.json.parameters import Parameters
from mockkibana.json import Json

if TYPE_CHECKING:
    from mockkibana.elasticsearch.cluster.cluster import Cluster
    from mockkibana.elasticsearch.documents.source_filter import SourceFilter
    from mockkibana.elasticsearch.indices.indices import Index, IndicesOptions
    from mockkibana.security.identity import Identity

# Elasticsearch percent-encodes all else in a warning (`HeaderWarning.encode`).
_HEADER_SAFE = punctuation.replace("%", "") + " "

_SOURCE_FILTER = frozenset({"_source", "_source_excludes", "_source_includes"})


@dataclass(slots=True)
class RestRequest:
    """What a handler gets: `names` are the placeholders of its pattern, decoded.

    `cluster` is for everybody: a handler that has authorized nobody yet takes
    `authorized_cluster()`. `body` are the bytes of the body, or of the parameter `source`; `user`
    is who asks, None while security is off, and `action` what that is for. `accept` is the header.
    """

    cluster: Cluster
    names: dict[str, str]
    parameters: Parameters
    body: bytes
    user: Identity | None = None
    action: str = ""
    accept: str | None = None

    def wants_json(self) -> bool:
        """Return whether a table is to be JSON: `format` says so, or the first that is accepted."""
        form = self.parameters.text("format")
        if form:
            return form in ("json", "application/json")
        first = (self.accept or "").partition(",")[0].partition(";")[0].strip().lower()
        return first.endswith("json")

    def is_compatible(self) -> bool:
        """Tell whether the answer is to be that of the version of the API before the node's own."""
        accepted = media_types.parse("Accept", self.accept)
        current = self.cluster.installation.settings.release.rest_api_version
        return accepted is not None and (accepted.version or current) != current

    def caller(self) -> Identity:
        """Return who asks: with security off the superuser."""
        return self.user or self.cluster.security.authentication.superuser()

    @property
    def owner(self) -> str | None:
        """Whose search contexts are found: those of the same user, or API key."""
        return None if self.user is None else self.user.told

    def authorized_cluster(self) -> Cluster:
        """Return the cluster to those who may do the action at all. Raises `ElasticsearchError`.

        Handlers read a request before they call this: what is wrong with it in itself is told
        first, as by Elasticsearch.
        """
        self.authorize()
        return self.cluster

    def authorize(self) -> None:
        """Refuse who may not do the action, on whatever index. Raises `ElasticsearchError`."""
        if self.action:
            self.require(self.action)

    def require(self, action: str, *, own: bool = False) -> None:
        """Refuse who may not do another action. Raises `ElasticsearchError`.

        `own` tells that it is about API keys of the caller's own.
        """
        if self.user is not None:
            # Imported here and below, as few worlds need it.
            from mockkibana.elasticsearch.security import authorization

            authorization.check(self.user, action, own=own)

    def authorize_names(self, *names: str, action: str | None = None) -> None:
        """Refuse who may not do the action, or another one, on indices or aliases of those names.

        Raises `ElasticsearchError`. The names are no expressions.
        """
        if self.user is not None:
            self.authorize()
            from mockkibana.elasticsearch.security import authorization

            authorization.check_names(self.user, action or self.action, names)

    def index(self) -> str | None:
        """Return the index of the path or else of the query, without date math."""
        asked = self.names.get("index") or self.parameters.text("index")
        return asked and self.cluster.named(asked)

    def expression(self, expand: str = "open") -> str:
        """Return the index expression, of the path or else of the query; `_all` without one.

        `expand` is what its wildcards mean unless the request says it. Where security is on it
        means no index that the caller may not act on. Raises `ElasticsearchError`.
        """
        asked = self.index() or "_all"
        if self.user is None:
            return asked
        from mockkibana.elasticsearch.security import authorization
        from mockkibana.security.privileges import is_on_cluster

        if is_on_cluster(self.action):
            return asked
        return authorization.narrowed(
            self.user, self.action, asked, self.indices_options(expand), self.cluster.resolve
        )

    def indices(self, level: str | None = None, expand: str = "open") -> list[Index]:
        """Return the indices that are meant. Raises `ElasticsearchError`.

        So it does for an index with a block on that `level`: `metadata_read`, `metadata_write`.
        """
        options = self.indices_options(expand)
        found = self.authorized_cluster().resolve(self.expression(expand), **options)
        if level is not None:
            for index in found:
                index.require(level)
        return found

    def indices_options(self, expand: str = "open") -> IndicesOptions:
        """Return how the expression is to be resolved."""
        return {
            "allow_no_indices": self.parameters.flag("allow_no_indices", True),
            "expand_wildcards": self.parameters.text("expand_wildcards") or expand,
            "ignore_unavailable": self.parameters.flag("ignore_unavailable"),
        }

    def json(self) -> Json:
        """Read the body, None when there is none. Raises `ElasticsearchError`."""
        return bodies.read(self.body) if self.body.strip() else None

    def required_body(self) -> bytes:
        """Return the bytes of the body. Raises `parse_exception` when there are none."""
        if not self.body:
            raise parse_exception("request body is required")
        return self.body

    def object(self) -> dict[str, Json]:
        """Read a body that is an object, `{}` when there is none."""
        value = self.json()
        if value is None:
            return {}
        if not isinstance(value, dict):
            # What becomes of another value differs from route to route; this one is frequent.
            raise parse_exception(f"Expected [START_OBJECT] but found [{bodies.token_of(value)}]")
        return value

    def check_timeouts(self) -> None:
        """Refuse a `timeout` or a `master_timeout` that is no time; nothing here ever waits."""
        self.parameters.check_time("timeout")
        self.parameters.check_time("master_timeout")

    def source_filter(self) -> SourceFilter | None:
        """Return what `_source`, `_source_includes` and `_source_excludes` ask for, if anything."""
        if self.parameters.values.keys().isdisjoint(_SOURCE_FILTER):
            return None
        # Imported here, as most requests take documents as they are.
        from mockkibana.elasticsearch.documents.source_filter import SourceFilter

        text = self.parameters.text("_source")
        wanted, includes = True, self.parameters.names("_source_includes")
        if text is not None:
            if text in ("true", "false"):
                wanted = text == "true"
            else:
                includes = (*self.parameters.names("_source"), *includes)
        return SourceFilter(wanted, includes, self.parameters.names("_source_excludes"))

    def warning(self, text: str) -> str:
        """Return the value of a `Warning` header."""
        number, hash_ = self.cluster.installation.settings.kibana_version, "0" * 40
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        return f'299 Elasticsearch-{number}-{hash_} "{quote(quoted, safe=_HEADER_SAFE)}"'

    def version_type(self) -> str | None:
        """Return the parameter `version_type`. Raises `ElasticsearchError`."""
        value = self.parameters.text("version_type")
        if value is None:
            return None
        from mockkibana.elasticsearch.documents.actions import read_version_type

        return read_version_type(value)
