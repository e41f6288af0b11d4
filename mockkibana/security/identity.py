"""An identity: a verified user, API key or token, with all that it may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import methodcaller
from typing import Any

from mockkibana.security.rights import Rights


@dataclass(frozen=True, slots=True)
class Realm:
    """Where a user comes from: `reserved`, or `default_native` of type `native`."""

    name: str
    type: str


RESERVED = Realm("reserved", "reserved")
NATIVE = Realm("default_native", "native")
API_KEY = Realm("_es_api_key", "_es_api_key")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Identity:
    """One verified caller.

    `roles` are those that the user was given, `effective_roles` those of them that exist, sorted.
    Something is allowed when each of `rights` allows it: an API key has its own, and those of its
    owner. `expires` is in milliseconds since 1970, None for never. `api_key` has `id` and `name`.
    `granted` is what Kibana remembers of it, by space.
    """

    username: str
    roles: tuple[str, ...]
    effective_roles: tuple[str, ...]
    realm: Realm
    authentication_type: str = "realm"
    full_name: str | None = None
    email: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    api_key: Mapping[str, Any] | None = None
    rights: tuple[Rights, ...] = field(default=(), repr=False)
    expires: int | None = None
    granted: dict[str, tuple[object, frozenset[str]]] = field(default_factory=dict, repr=False)

    @property
    def told(self) -> str:
        """The user, and the API key if there is one, in the words of the journal."""
        if self.api_key is None:
            return f"the user `{self.username}`"
        return f"the API key `{self.api_key['id']}` of the user `{self.username}`"

    def allows_cluster(self, action: str, *, own: bool = False) -> bool:
        """Tell whether an action on the cluster is allowed; with `own` one on its own API keys."""
        return all(rights.allows_cluster(action, own=own) for rights in self.rights)

    def allows_index(self, action: str, index: str) -> bool:
        """Tell whether an action on an index or alias is allowed."""
        # In C, as every write of a document asks.
        return all(map(methodcaller("allows_index", action, index), self.rights))

    def allows_some_index(self, action: str) -> bool:
        """Tell whether there can be an index on which an action is allowed."""
        return all(map(methodcaller("allows_some_index", action), self.rights))

    def of_application(self, application: str, resource: str) -> list[frozenset[str]]:
        """Return the privileges of an application on a resource, one set for each of `rights`.

        What they grant is granted when each of them grants it. `*` stands for all.
        """
        return [rights.of_application(application, resource) for rights in self.rights]
