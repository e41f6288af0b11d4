"""What one caller may do in Kibana, in one space or in all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.kibana.errors import KibanaError, forbidden
from mockkibana.kibana.privileges import APPLICATION, EVERYWHERE, OPERATIONS, granted, resource_of

if TYPE_CHECKING:
    from mockkibana.journal import Call
    from mockkibana.security.identity import Identity
    from mockkibana.security.security import Security
    from mockkibana.settings.release import Release

_REMEMBERED = 1000  # spaces, of each identity


class SpaceRights:
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
        space = self._space if space is None else space
        return action in _granted(self._identity, space, self._release)

    def ensure_connectors(
        self, operation: str, connector_type_id: str | None = None, sub_feature: str | None = None
    ) -> None:
        """Refuse an operation on connectors with 403 when the identity lacks a privilege for it.

        `connector_type_id` is for the text, where Kibana knows the type; running a type with a
        `sub_feature` needs a privilege of its own.
        """
        needed = OPERATIONS[operation]
        if sub_feature == "endpointSecurity":
            needed = (*needed, self._release.endpoint_security_action)
        held = _granted(self._identity, self._space, self._release)
        if not held.issuperset(needed):
            self._explain([action for action in needed if action not in held][-1], self._space)
            what = "actions" if connector_type_id is None else f'a "{connector_type_id}" action'
            raise forbidden(f"Unauthorized to {operation} {what}")

    def ensure(self, action: str, message: str, space: str = EVERYWHERE) -> None:
        """Refuse with 403 and this message when an action is not granted in a space."""
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

    def _explain(self, action: str, space: str) -> None:
        if self._call is not None:
            # Slow to import, and few are refused.
            from mockkibana.kibana.missing_privileges import missing_privileges

            self._call.hint = missing_privileges(
                self._identity, action, space, self._release, self._security
            )


def _granted(identity: Identity, space: str, release: Release) -> frozenset[str]:
    """Return the actions that are granted in a space; whoever changes becomes another identity."""
    known = identity.granted.get(space)
    if known is not None and known[0] is release:
        return known[1]
    held, *limits = [
        granted(privileges, release)
        for privileges in identity.of_application(APPLICATION, resource_of(space))
    ]
    found = held.intersection(*limits) if limits else held
    if len(identity.granted) >= _REMEMBERED:
        identity.granted.clear()
    identity.granted[space] = release, found
    return found
