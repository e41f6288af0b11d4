"""Jira's errors as values: a status, and messages for the request and for its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockkibana.json import Json

BAD_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."
NO_JSON = "There was an error parsing JSON. Check that your request body is valid."


class JiraError(Exception):
    """An answer that is an error: `messages` are about the request, `errors` about fields by id."""

    def __init__(
        self,
        status: int,
        *,
        messages: Iterable[str] = (),
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.error_messages = list(messages)
        self.errors = dict(errors or {})
        super().__init__("; ".join([*self.error_messages, *self.errors.values()]))

    def body(self) -> dict[str, Json]:
        """Return the answer; both keys are there, whatever is in them."""
        return {"errorMessages": self.error_messages, "errors": self.errors}


def refused(field: str, message: str) -> JiraError:
    """Return a 400 about one field."""
    return JiraError(400, errors={field: message})


def bad_request(message: str) -> JiraError:
    """Return a 400 about the request as a whole."""
    return JiraError(400, messages=[message])


def not_found(message: str) -> JiraError:
    """Return a 404 about what the request names and is not there, or hidden."""
    return JiraError(404, messages=[message])


class BadSeed(ValueError):
    """A record of a seed cannot be used: `path` says where (`jira.projects[0].key`)."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
