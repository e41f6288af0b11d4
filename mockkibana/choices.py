"""The values of what has a few of them: as types, of which `typing.get_args` makes tuples."""

from __future__ import annotations

from typing import Literal

Face = Literal["kibana", "elasticsearch", "jira", "all"]
Contract = Literal["documented", "observed"]
LicenseType = Literal["basic", "gold", "platinum", "enterprise", "trial"]
JiraFlavour = Literal["hybrid", "cloud", "server"]
FieldType = Literal["string", "number", "date", "datetime", "user", "array", "option", "any"]
"""What the values of a field of Jira's are."""

Solution = Literal["security", "oblt", "es", "classic"]
"""What a space of Kibana's is for."""

Part = Literal[
    "connectors",
    "spaces",
    "elasticsearch",
    "jira",
    "security",
    "outbox",
    "log",
    "journal",
    "faults",
    "clock",
    "settings",
    "bugs",
]
"""A part of a world that can be reset."""

ActionsPrivilege = Literal[
    "none", "read", "all", "minimal_read", "minimal_all", "endpoint_security_execute"
]
"""A privilege of Kibana's feature Actions and Connectors; `none` is no privilege."""

BasePrivilege = Literal["read", "all"]
"""A base privilege of Kibana."""
