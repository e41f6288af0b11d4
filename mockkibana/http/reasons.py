"""The reason phrases of statuses."""

from __future__ import annotations

from http import HTTPStatus

from mockkibana.data import data


def reason(status: int) -> str:
    """Return the reason phrase of a status as Kibana's HTTP library (hapi's boom) words it."""
    told = data("reasons").get(str(status))
    if told is not None:
        return str(told)
    # Python's phrases of the few others are the same, whatever its version.
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else "Unknown"
