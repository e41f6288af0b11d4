"""Kibana's privileges: which actions they grant, and what one caller may do in one space."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from mockkibana.kibana.caller import EVERYWHERE, LOGIN, MANAGE_SPACES
from mockkibana.kibana.errors import KibanaError, forbidden

if TYPE_CHECKING:
    from mockkibana.journal import Call
    from mockkibana.security.identity import Identity
    from mockkibana.security.security import Security
    from mockkibana.settings.release import Release

APPLICATION = "kibana-.kibana"
"""Under which name Kibana keeps its privileges in Elasticsearch's roles."""

READ_FEATURES = "api:read_features"


_GET = "saved_object:action/get"
_OPERATIONS = {
    "get": (_GET,),
    "execute": (_GET, "saved_object:action_task_params/create"),
    "create": ("saved_object:action/create",),
    "update": ("saved_object:action/update",),
    "delete": ("saved_object:action/delete",),
}
"""The actions that each operation on connectors needs (`actions_authorization.ts`)."""

_READ = {LOGIN, *_OPERATIONS["execute"]}
_ALL = _READ.union(*_OPERATIONS.values())
_GLOBAL = {MANAGE_SPACES, READ_FEATURES}
_INTO_SPACES = {
    "ui:savedObjectsManagement/copyIntoSpace",
    "ui:savedObjectsManagement/shareIntoSpace",
}


class Rights:
    """What one identity may do in Kibana; asked of a `space`, or of all spaces at once.

    What privileges grant depends on the `release`. A refusal is explained in the journal's record
    `call`.
    """

    def __init__(
        self,
        identity: Identity,
        space: str,
        release: Release,
        security: Security,
        call: Call | None = None,
    ) -> None:
        self._identity = identity
        self._space = space
        self._release = release
        self._security = security
        self._call = call

    def holds(self, action: str, space: str | None = None) -> bool:
        """Tell whether an action is granted in a space, by default the request's.

        `*` asks for all spaces at once: nothing that is granted in some of them only counts.
        """
        return action in self._granted(self._space if space is None else space)

    def ensure_connectors(
        self, operation: str, connector_type_id: str | None = None, sub_feature: str | None = None
    ) -> None:
        """Refuse an operation on connectors with 403, unless the privileges for it are there.

        `connector_type_id` is for the text, where Kibana knows the type; running a type with a
        `sub_feature` needs a privilege of its own.
        """
        needed = [*_OPERATIONS[operation]]
        if sub_feature == "endpointSecurity":
            needed.append(self._release.endpoint_security_action)
        held = self._granted(self._space)
        missing = [action for action in needed if action not in held]
        if missing:
            self._explain(missing[-1], self._space)
            what = "actions" if connector_type_id is None else f'a "{connector_type_id}" action'
            raise forbidden(f"Unauthorized to {operation} {what}")

    def ensure(self, action: str, message: str, space: str = EVERYWHERE) -> None:
        """Refuse with 403 and a message what is not granted in a space."""
        if not self.holds(action, space):
            raise self.refusal(action, message, space)

    def ensure_api(self, action: str, method: str, uri: str) -> None:
        """Refuse a request with 403 whose route declares a privilege (`api_authorization.ts`)."""
        if not self.holds(action):
            name = action.removeprefix("api:")
            raise self.refusal(
                action,
                f"API [{method} {uri}] is unauthorized for user, this action is granted by the "
                f"Kibana privileges [{name}]",
            )

    def refusal(self, action: str, message: str | None, space: str = EVERYWHERE) -> KibanaError:
        """Return a 403, and explain what is missing."""
        self._explain(action, space)
        return KibanaError(403, message)

    def _granted(self, space: str) -> frozenset[str]:
        held, *limits = [
            granted(privileges, self._release)
            for privileges in self._identity.of_application(APPLICATION, resource_of(space))
        ]
        return held.intersection(*limits) if limits else held

    def _explain(self, action: str, space: str) -> None:
        if self._call is not None:
            from mockkibana.kibana.missing_privileges import (
                missing,  # slow to import, and few are refused
            )

            self._call.hint = missing(self._identity, action, space, self._release, self._security)


@lru_cache(maxsize=1024)
def granted(privileges: frozenset[str], release: Release) -> frozenset[str]:
    """Return the actions that privileges, named as in Elasticsearch's roles, grant."""
    return frozenset(action for name in privileges for action in _granted_by(name, release))


def _granted_by(name: str, release: Release) -> Iterable[str]:
    special = {release.endpoint_security_action}
    match name:
        case "*" | "all":
            return _ALL | _GLOBAL | _INTO_SPACES | special
        case "space_all":
            return _ALL | _INTO_SPACES | special
        case "feature_actions.all":
            return _ALL | special
        case "feature_savedObjectsManagement.all" | "feature_savedObjectsManagement.minimal_all":
            return {LOGIN} | _INTO_SPACES
        case "feature_actions.minimal_all":
            return _ALL if release.endpoint_security_sub_feature else _ALL | special
        case "read" | "space_read" | "feature_actions.read" | "feature_actions.minimal_read":
            return _READ
        case "feature_actions.endpoint_security_execute":
            return {LOGIN} | special if release.endpoint_security_sub_feature else {LOGIN}
    if name.startswith("feature_"):
        from mockkibana.kibana.features import has_privilege  # few roles have others

        # What other features grant is of no account here, but that one may enter the space.
        return {LOGIN} if has_privilege(release, name) else ()
    return ()


def privilege_for(action: str, release: Release) -> str:
    """Return what to grant for an action, in words."""
    if action in _GLOBAL:
        return "the Kibana base privilege `all`"
    if action == LOGIN:
        return "any Kibana privilege"
    for privilege in ("read", "endpoint_security_execute", "all"):
        if action in _granted_by(f"feature_actions.{privilege}", release):
            return f"the privilege `{privilege}` of the Kibana feature `actions`"
    return f"`{action}`"


def resource_of(space: str) -> str:
    """Return under which name roles grant something in a space, or `EVERYWHERE`."""
    return space if space == EVERYWHERE else f"space:{space}"
