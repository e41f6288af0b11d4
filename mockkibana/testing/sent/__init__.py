"""What runs sent to third parties, as values: a mail, a message, an incident."""

from __future__ import annotations

from mockkibana.testing.sent.chat import SlackMessage, TeamsMessage
from mockkibana.testing.sent.completions import TYPES as MODELS
from mockkibana.testing.sent.completions import Completion, Usage
from mockkibana.testing.sent.delivery import Sent
from mockkibana.testing.sent.incidents import TYPES as TRACKERS
from mockkibana.testing.sent.incidents import Incident
from mockkibana.testing.sent.mail import Mail
from mockkibana.testing.sent.paging import Alert, PagerDutyEvent

__all__ = [
    "KINDS",
    "Alert",
    "Completion",
    "Incident",
    "Mail",
    "PagerDutyEvent",
    "Sent",
    "SlackMessage",
    "TeamsMessage",
    "Usage",
]

KINDS: dict[str, type[Sent]] = {
    ".email": Mail,
    ".slack": SlackMessage,
    ".slack_api": SlackMessage,
    ".teams": TeamsMessage,
    ".pagerduty": PagerDutyEvent,
    ".opsgenie": Alert,
    **dict.fromkeys(TRACKERS, Incident),
    **dict.fromkeys(MODELS, Completion),
}
"""What connectors of a type send; those of any other send `Sent`."""
