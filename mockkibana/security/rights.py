"""What role descriptors allow, compiled for the questions that requests ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mockkibana.security.names import Patience, covers, is_pattern, matcher
from mockkibana.security.privileges import OWN_API_KEYS, cluster_privileges, index_privileges
from mockkibana.security.system_indices import is_restricted, may_be_restricted
from mockkibana.wildcards import Test

_REMEMBERED = 10_000

Descriptor = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Group:
    """Privileges on the indices of some names; on system indices only where that is said."""

    names: tuple[str, ...]
    matches: Test
    privileges: frozenset[str]
    allows_restricted: bool

    def covers(self, index: str, *, restricted: bool) -> bool:
        if is_pattern(index):
            return covers(self.names, index) and (self.allows_restricted or not restricted)
        return self.is_on(index, restricted=restricted)

    def is_on(self, index: str, *, restricted: bool) -> bool:
        return (self.allows_restricted or not restricted) and self.matches(index)


class Rights:
    """What some role descriptors, of Elasticsearch's form, allow together.

    Answers are remembered, so an instance is good for as long as the roles are what they were.
    """

    def __init__(self, descriptors: Iterable[Descriptor]) -> None:
        descriptors = list(descriptors)
        patience = Patience()
        self._cluster = {
            name.lower() for descriptor in descriptors for name in descriptor.get("cluster", ())
        }
        self._indices = [
            _Group(
                tuple(group["names"]),
                matcher(group["names"], patience),
                frozenset(map(str.lower, group["privileges"])),
                bool(group.get("allow_restricted_indices", False)),
            )
            for descriptor in descriptors
            for group in descriptor.get("indices", ())
        ]
        self._applications = [
            (
                matcher([entry["application"]], patience),
                frozenset(entry["privileges"]),
                tuple(entry["resources"]),
                matcher(entry["resources"], patience),
            )
            for descriptor in descriptors
            for entry in descriptor.get("applications", ())
        ]
        self._answers: dict[tuple[str, str | None], bool] = {}
        self._privileges: dict[tuple[str, str], frozenset[str]] = {}

    def allows_cluster(self, action: str, *, own: bool = False) -> bool:
        """Tell whether an action on the cluster is allowed: `cluster:monitor/main`.

        `own` tells that it is about API keys of the caller's own.
        """
        about = "own" if own else ""
        if (answer := self._answers.get((action, about))) is None:
            held = self._cluster if own else self._cluster - {OWN_API_KEYS}
            answer = self._remember(action, about, cluster_privileges().grants(held, action))
        return answer

    def allows_index(self, action: str, index: str) -> bool:
        """Tell whether an action on an index, or on an alias of it, is allowed."""
        if (answer := self._answers.get((action, index))) is None:
            restricted = is_restricted(index)
            groups = [group for group in self._indices if group.is_on(index, restricted=restricted)]
            answer = self._remember(action, index, _grants(groups, action))
        return answer

    def allows_some_index(self, action: str) -> bool:
        """Tell whether there can be an index on which an action is allowed."""
        if (answer := self._answers.get((action, None))) is None:
            answer = self._remember(action, None, _grants(self._indices, action))
        return answer

    def has_cluster(self, privilege: str) -> bool:
        """Tell whether all that a cluster privilege allows is allowed."""
        return cluster_privileges().implies(self._cluster, privilege)

    def has_index(self, privilege: str, index: str, *, restricted: bool = False) -> bool:
        """Tell whether all that an index privilege allows is allowed on an index.

        A pattern has to be covered by patterns as wide. System indices count only with `restricted`
        (`IndicesPermission.checkResourcePrivileges`).
        """
        # Guess: how a pattern that can match system indices is treated.
        if is_pattern(index):
            if is_restricted(index) and not restricted:
                return False
            restricted = restricted and may_be_restricted(index)
        else:
            restricted = is_restricted(index)
        held = {
            name
            for group in self._indices
            if group.covers(index, restricted=restricted)
            for name in group.privileges
        }
        return index_privileges().implies(held, privilege)

    def of_application(self, application: str, resource: str) -> frozenset[str]:
        """Return the privileges of an application on a resource, `*` among them for all.

        A resource may be a pattern: what is given on all the resources that it stands for.
        """
        held = self._privileges.get((application, resource))
        if held is None:
            if len(self._privileges) >= _REMEMBERED:
                self._privileges.clear()
            held = frozenset(
                name
                for is_application, privileges, resources, matches in self._applications
                if is_application(application)
                and (covers(resources, resource) if is_pattern(resource) else matches(resource))
                for name in privileges
            )
            self._privileges[application, resource] = held
        return held

    def _remember(self, action: str, name: str | None, answer: bool) -> bool:
        if len(self._answers) >= _REMEMBERED:
            self._answers.clear()
        self._answers[action, name] = answer
        return answer


def _grants(groups: Iterable[_Group], action: str) -> bool:
    return any(index_privileges().grants(group.privileges, action) for group in groups)
