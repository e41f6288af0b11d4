"""What role descriptors allow, compiled for the questions that requests ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockkibana.security.names import matcher
from mockkibana.security.privileges import (
    OWN_API_KEYS,
    cluster_privileges,
    index_privileges,
)

_REMEMBERED = 10_000

Descriptor = Mapping[str, Any]


class Rights:
    """What some role descriptors, of Elasticsearch's form, allow together.

    Answers are remembered, so an instance is good for as long as the roles are what they were.
    """

    def __init__(self, descriptors: Iterable[Descriptor]) -> None:
        descriptors = list(descriptors)
        self._cluster = {
            name.lower() for descriptor in descriptors for name in descriptor.get("cluster", ())
        }
        self._indices = [
            (matcher(group["names"]), frozenset(map(str.lower, group["privileges"])))
            for descriptor in descriptors
            for group in descriptor.get("indices", ())
        ]
        self._applications = [
            (
                matcher([entry["application"]]),
                frozenset(entry["privileges"]),
                matcher(entry["resources"]),
            )
            for descriptor in descriptors
            for entry in descriptor.get("applications", ())
        ]
        self._answers: dict[tuple[str, str], bool] = {}
        self._privileges: dict[tuple[str, str], frozenset[str]] = {}

    def allows_cluster(self, action: str, *, own: bool = False) -> bool:
        """Tell whether an action on the cluster is allowed: `cluster:monitor/main`.

        `own` tells that it is about API keys of the caller's own.
        """
        held = self._cluster if own else self._cluster - {OWN_API_KEYS}
        about = "own" if own else ""
        return self._remembered(action, about, lambda: cluster_privileges().grants(held, action))

    def allows_index(self, action: str, index: str) -> bool:
        """Tell whether an action on an index, or on an alias of it, is allowed."""
        return self._remembered(action, index, lambda: self._grants(action, index))

    def allows_some_index(self, action: str) -> bool:
        """Tell whether there can be an index on which an action is allowed."""
        return any(index_privileges().grants(privileges, action) for _, privileges in self._indices)

    def has_cluster(self, privilege: str) -> bool:
        """Tell whether all that a cluster privilege allows is allowed."""
        return cluster_privileges().implies(self._cluster, privilege)

    def has_index(self, privilege: str, index: str) -> bool:
        """Tell whether all that an index privilege allows is allowed on an index."""
        held = {name for matches, names in self._indices if matches(index) for name in names}
        return index_privileges().implies(held, privilege)

    def of_application(self, application: str, resource: str) -> frozenset[str]:
        """Return the privileges of an application on a resource, `*` among them for all."""
        held = self._privileges.get((application, resource))
        if held is None:
            if len(self._privileges) >= _REMEMBERED:
                self._privileges.clear()
            held = frozenset(
                name
                for is_application, privileges, matches in self._applications
                if is_application(application) and matches(resource)
                for name in privileges
            )
            self._privileges[application, resource] = held
        return held

    def _grants(self, action: str, index: str) -> bool:
        return any(
            matches(index) and index_privileges().grants(privileges, action)
            for matches, privileges in self._indices
        )

    def _remembered(self, action: str, name: str, decide: Callable[[], bool]) -> bool:
        answer = self._answers.get((action, name))
        if answer is None:
            if len(self._answers) >= _REMEMBERED:
                self._answers.clear()
            answer = self._answers[action, name] = decide()
        return answer
