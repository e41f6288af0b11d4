"""The privileges that a caller is missing in Kibana, as a sentence for the journal."""

from __future__ import annotations

from collections.abc import Iterator

from mockkibana.kibana.features import has_privilege
from mockkibana.kibana.privileges import (
    APPLICATION,
    EVERYWHERE,
    granted,
    privilege_for,
    resource_of,
)
from mockkibana.security.denials import roles_told
from mockkibana.security.identity import Identity
from mockkibana.security.security import Security
from mockkibana.settings.release import Release

_BASE = frozenset(("*", "all", "read", "space_all", "space_read"))


def missing_privileges(
    identity: Identity, action: str, space: str, release: Release, security: Security
) -> str:
    """Return which privilege an identity needs for an action in a space, and why it has it not.

    `space` may be `EVERYWHERE`. Named are the roles that would grant it, and what is odd about
    those that the user has: roles that are not there, privileges that do not exist, other spaces.
    """
    where = "all spaces" if space == EVERYWHERE else f"the space `{space}`"
    needed = privilege_for(action, release)
    parts = [f"{identity.told} needs {needed} in {where} ({action})"]
    if identity.api_key is not None:
        parts.append(_of_key(identity, action, space, release))
    else:
        parts += _oddities(identity, action, release, security)
        resource = resource_of(space)
        roles = security.roles.granting(
            ("kibana", action, resource, release),
            lambda rights: action in granted(rights.of_application(APPLICATION, resource), release),
        )
        parts.append(roles_told(roles))
    return "; ".join(parts)


def _of_key(identity: Identity, action: str, space: str, release: Release) -> str:
    """Return whether the key's own descriptors or its owner's roles fail to grant an action."""
    held = identity.of_application(APPLICATION, resource_of(space))
    if len(held) > 1 and action not in granted(held[0], release):
        return "the role_descriptors of the key do not grant it"
    return "the roles of its owner did not grant it when the key was made"


def _oddities(
    identity: Identity, action: str, release: Release, security: Security
) -> Iterator[str]:
    for name in sorted({*identity.roles} - {*identity.effective_roles}):
        yield f"the role `{name}` does not exist"
    elsewhere = set()
    for role, descriptor in security.roles.found(identity.effective_roles).items():
        for entry in descriptor["applications"]:
            if entry["application"] != APPLICATION:
                continue
            for privilege in entry["privileges"]:
                if not _is_known(privilege, release):
                    yield f"the role `{role}` has the privilege `{privilege}`, which does not exist"
            if action in granted(frozenset(entry["privileges"]), release):
                elsewhere |= {name.removeprefix("space:") for name in entry["resources"]}
    if elsewhere:
        yield f"it has that in {', '.join(f'`{name}`' for name in sorted(elsewhere))} only"


def _is_known(privilege: str, release: Release) -> bool:
    if privilege.startswith("feature_"):
        return has_privilege(release, privilege)
    return privilege in _BASE or privilege.startswith("reserved_")
