"""What the control plane refuses."""

from __future__ import annotations

from mockkibana.errors import MockKibanaError


class ControlError(MockKibanaError):
    """A request for control cannot be met; nothing was changed.

    `status` is an HTTP status; the text says what arrived, what was expected, and what to do.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def bad_request(message: str) -> ControlError:
    """Return the refusal of what no request can ask for."""
    return ControlError(400, message)


def not_found(what: str, names: list[str]) -> ControlError:
    """Return the refusal of a name that nothing has; `names` are those that there are."""
    known = f"there are {', '.join(names)}" if names else "there is none"
    return ControlError(404, f"{what} is not there: {known}.")
