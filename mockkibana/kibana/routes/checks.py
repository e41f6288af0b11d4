"""What Kibana checks of a request's headers and query before a route looks at any of it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from mockkibana.json import Json
from mockkibana.kibana.errors import KibanaError, bad_request
from mockkibana.settings import Settings

API_VERSION = "2023-10-31"
"""The one version that every public route of Kibana has."""

_INTERNAL_ORIGIN = "elasticInternalOrigin"
_SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
_DATE = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def check_headers(
    environ: dict[str, Any], query: dict[str, Json], settings: Settings, *, internal: bool
) -> None:
    """Refuse a request without kbn-xsrf, for another version, or to an `internal` route.

    Raises `KibanaError` 400. What tells that a page of Kibana's asks is taken off the query, as no
    route sees it (`lifecycle_handlers.ts`).
    """
    version = environ.get("HTTP_KBN_VERSION")
    if (
        version is None
        and "HTTP_KBN_XSRF" not in environ
        and environ["REQUEST_METHOD"] not in _SAFE_METHODS
    ):
        raise bad_request("Request must contain a kbn-xsrf header.")
    # An empty version counts as a kbn-xsrf, and is compared with nothing.
    if version and version != settings.kibana_version:
        raise KibanaError(
            400,
            "Browser client is out of date, please refresh the page "
            f'("kbn-version" header was "{version}" but should be "{settings.kibana_version}")',
            {"expected": settings.kibana_version, "got": version},
        )
    from_a_page = query.pop(_INTERNAL_ORIGIN, "false") != "false"
    from_a_page = from_a_page or "HTTP_X_ELASTIC_INTERNAL_ORIGIN" in environ
    if internal and settings.restricts_internal_apis and not from_a_page:
        raise bad_request(
            f"uri [{_path(environ)}] with method [{environ['REQUEST_METHOD'].lower()}] exists but "
            "is not available with the current configuration"
        )


def check_api_version(environ: dict[str, Any], query: dict[str, Json], rule: str) -> None:
    """Refuse with 400 a version that the versioned route of a rule does not have.

    (`core_versioned_route.ts`; a route without versions does not look at any.)
    """
    if "apiVersion" in query:
        raise bad_request(
            'Use of query parameter "apiVersion" is not allowed. Please specify the API version '
            'using the "elastic-api-version" header.'
        )
    version = environ.get("HTTP_ELASTIC_API_VERSION") or API_VERSION
    if version == API_VERSION:
        return
    if not _is_date(version):
        raise bad_request(
            f'Invalid version. Received "{version}", expected a valid date string formatted as '
            "YYYY-MM-DD."
        )
    method, route = environ["REQUEST_METHOD"].lower(), _PLACEHOLDER.sub(r"{\1}", rule)
    raise bad_request(
        f'No version "{version}" available for [{method}] [{route}]. Available versions are: '
        f"[{API_VERSION}]"
    )


def uri(environ: dict[str, Any]) -> str:
    """Return path and query of a request, without the prefix of its space."""
    path, query = _path(environ), environ.get("QUERY_STRING")
    return f"{path}?{query}" if query else path


def _path(environ: dict[str, Any]) -> str:
    path: str = environ["PATH_INFO"]
    return path.encode("latin-1").decode("utf-8", "replace")


def _is_date(text: str) -> bool:
    if _DATE.fullmatch(text) is None:
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
