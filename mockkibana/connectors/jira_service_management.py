"""The `.jira-service-management` connector: creates and closes alerts of Jira's operations."""

from __future__ import annotations

from functools import partial

from mockkibana.connectors.opsgenie import (
    RESPONDERS,
    Alerts,
    CloseAlert,
    Config,
    CreateAlert,
    Secrets,
    close_alert,
    create_alert,
    told_by_opsgenie,
)
from mockkibana.connectors.sub_action_framework import SubActionConnector
from mockkibana.outbound.axios import AxiosError
from mockkibana.validation import ArrayOf, Literal, Maybe, Object, OneOf, String, literals

_API = "jsm/ops/integration/v2"


class CreateJiraAlert(CreateAlert):
    """An alert of Jira Service Management's, whose people have ids alone."""

    responders = Maybe(
        ArrayOf(Object({"id": String(), "type": literals(*RESPONDERS)}), max_size=50)
    )
    visibleTo = Maybe(  # noqa: N815 - Kibana's own name
        ArrayOf(
            OneOf(
                [Object({"id": String(), "type": Literal(kind)}) for kind in ("team", "user")],
                apart=True,
            ),
            max_size=50,
        )
    )


class JiraServiceManagement(SubActionConnector):
    """Does one sub-action a run: one of Opsgenie's, at Atlassian's successor to that."""

    id = ".jira-service-management"
    config = Config()
    secrets = Secrets()
    party = Alerts("jira-service-management")
    url_keys = ("apiUrl",)
    sub_actions = {  # noqa: RUF012
        "createAlert": (CreateJiraAlert(), partial(create_alert, api=_API)),
        "closeAlert": (CloseAlert(), partial(close_alert, api=_API)),
    }
    example = {  # noqa: RUF012
        "subAction": "createAlert",
        "subActionParams": {"message": "hello, world"},
    }

    def error_text(self, error: AxiosError) -> str:
        """Return the message and errors, or axios's message."""
        return told_by_opsgenie(error)
