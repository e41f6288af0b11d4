"""Elasticsearch's named privileges on the cluster and on indices: which actions each one grants."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from mockkibana.data import data
from mockkibana.wildcards import wildcard

#: The privilege that its holder has on API keys of their own only.
OWN_API_KEYS = "manage_own_api_key"

# A privilege may also be an action, or a pattern of actions (`Privilege.ACTION_SUFFIX_MATCHER`).
_ACTIONS = {
    "cluster": ("cluster:", "indices:admin/template/", "indices:admin/index_template/"),
    "index": ("indices:", "internal:transport/proxy/indices:"),
}


def is_on_cluster(action: str) -> bool:
    """Tell whether an action belongs to the cluster, so that cluster privileges grant it."""
    return action.startswith(_ACTIONS["cluster"])


@dataclass(frozen=True, slots=True)
class Privilege:
    """The patterns of actions that a privilege grants, and of those that it does not."""

    actions: tuple[str, ...]
    excluded: tuple[str, ...] = ()

    def grants(self, action: str) -> bool:
        """Tell whether an action matches `actions` and not `excluded`."""
        return _matches(self.actions, action) and not _matches(self.excluded, action)


class Privileges:
    """The privileges of one kind, `cluster` or `index`, by name.

    They are in the order in which Elasticsearch lists them, from the least powerful on: ordered by
    how many others they imply, or are implied by, then by name (`Privilege.sortByAccessLevel`).
    """

    def __init__(self, kind: str, named: dict[str, Privilege]) -> None:
        self._prefixes = _ACTIONS[kind]
        self._named = named

    def names(self) -> list[str]:
        """Return the names of the privileges, the least powerful first."""
        return list(self._named)

    def is_one(self, name: str) -> bool:
        """Tell whether a role may hold this: the name of a privilege, or a pattern of actions."""
        return name in self._named or self._is_pattern(name)

    def grants(self, held: Iterable[str], action: str) -> bool:
        """Tell whether any of the held privileges grants an action."""
        return any(self._of(name).grants(action) for name in held)

    def granting(self, action: str) -> list[str]:
        """Return the names of the privileges that grant an action, the least powerful first."""
        return [name for name, privilege in self._named.items() if privilege.grants(action)]

    def implies(self, held: Collection[str], name: str) -> bool:
        """Tell whether held privileges together grant all that the named one does."""
        if name in held:
            return True
        wanted = self._of(name)
        witnesses = _witnesses(tuple(self._named.values()))
        if name not in self._named:
            witnesses |= frozenset(_examples(wanted.actions))
        return all(self.grants(held, action) for action in witnesses if wanted.grants(action))

    def _is_pattern(self, name: str) -> bool:
        return name.startswith(self._prefixes)

    def _of(self, name: str) -> Privilege:
        named = self._named.get(name)
        if named is None:
            named = Privilege((name, f"{name}*") if self._is_pattern(name) else ())
        return named


@cache
def index_privileges() -> Privileges:
    """Return the privileges on indices."""
    rows: dict[str, list[str]] = data("privileges")["index"]
    return Privileges("index", {name: Privilege(tuple(actions)) for name, actions in rows.items()})


@cache
def cluster_privileges() -> Privileges:
    """Return the privileges on the cluster."""
    rows: dict[str, dict[str, list[str]]] = data("privileges")["cluster"]
    return Privileges(
        "cluster",
        {
            name: Privilege(tuple(row["actions"]), tuple(row["except"]))
            for name, row in rows.items()
        },
    )


@cache
def _witnesses(privileges: tuple[Privilege, ...]) -> frozenset[str]:
    """Return sample actions: two sets of privileges that differ also differ on one of these."""
    return frozenset(
        example
        for privilege in privileges
        for example in _examples((*privilege.actions, *privilege.excluded))
    )


def _examples(patterns: Iterable[str]) -> Iterable[str]:
    for pattern in patterns:
        yield pattern.replace("*", "")
        if "*" in pattern:
            yield pattern.replace("*", "~")
            yield pattern.replace("*", "/~/~")


def _matches(patterns: Iterable[str], action: str) -> bool:
    return any(wildcard(pattern)(action) for pattern in patterns)
