"""Kibana's errors as values: status, message, attributes."""

from __future__ import annotations

from mockkibana.http.reasons import reason
from mockkibana.json import Json


class KibanaError(Exception):
    """An answer that is an error; without a message it says its reason phrase (boom's rule)."""

    def __init__(
        self, status: int, message: str | None = None, attributes: dict[str, Json] | None = None
    ) -> None:
        self.status = status
        self.message = reason(status) if message is None else message
        self.attributes = attributes
        super().__init__(self.message)

    def body(self) -> dict[str, Json]:
        """Return the envelope, keys in boom's order."""
        body: dict[str, Json] = {
            "statusCode": self.status,
            "error": reason(self.status),
            "message": self.message,
        }
        if self.attributes is not None:
            body["attributes"] = self.attributes
        return body


def bad_request(message: str | None = None) -> KibanaError:
    """Return a 400."""
    return KibanaError(400, message)


def forbidden(message: str) -> KibanaError:
    """Return a 403."""
    return KibanaError(403, message)


def not_found(message: str | None = None) -> KibanaError:
    """Return a 404."""
    return KibanaError(404, message)


def internal_error() -> KibanaError:
    """Return the 500 that Kibana gives for whatever it did not expect; its log says what."""
    return KibanaError(
        500, "An internal server error occurred. Check Kibana server logs for details."
    )


def saved_object_not_found(connector_id: str) -> KibanaError:
    """Return what Kibana says of a connector that is not in the caller's space."""
    return not_found(f"Saved object [action/{connector_id}] not found")
