"""Authorization: what a user may do, and on which indices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mockkibana.elasticsearch.errors import ElasticsearchError, index_not_found, unauthorized
from mockkibana.security.privileges import is_on_cluster
from mockkibana.wildcards import wildcard

if TYPE_CHECKING:
    from mockkibana.elasticsearch.indices.indices import Index, IndicesOptions
    from mockkibana.security.identity import Identity

SEARCH = "indices:data/read/search"
"""A search may be of other clusters, so its indices are looked at before its user's rights."""

BULK = "indices:data/write/bulk"
AUTO_CREATE = "indices:admin/auto_create"

NOTHING = "*,-*"
"""The expression that means no index, as Elasticsearch itself writes it."""

# What a bulk request needs for each of its items (`AuthorizationService.getAction`).
_IMPLIED = {
    "create": "indices:data/write/index:op_type/create",
    "index": "indices:data/write/index:op_type/index",
    "update": "indices:data/write/update",
    "delete": "indices:data/write/delete",
}


def check(user: Identity, action: str, *, own: bool = False) -> None:
    """Refuse an action that a user may not do at all. Raises `ElasticsearchError`.

    `own` tells that it is about API keys of the user's own.
    """
    if is_on_cluster(action):
        is_allowed = user.allows_cluster(action, own=own)
    else:
        is_allowed = user.allows_some_index(action)
    if not is_allowed:
        raise _refusal(user, action, own=own)


def check_names(user: Identity, action: str, names: Sequence[str]) -> None:
    """Refuse an action on indices or aliases that a user may not act on, whether they exist or not.

    A right on an index gives none on its aliases. Raises `ElasticsearchError`.
    """
    denied = [name for name in names if not user.allows_index(action, name)]
    if denied:
        raise _refusal(user, action, denied)


def check_write(user: Identity, op: str, name: str, *, is_new: bool) -> None:
    """Refuse a write (`index`, `create`, `update`, `delete`) to an index or alias.

    `is_new` tells that the index is yet to be created for it. Raises `ElasticsearchError`.
    """
    if is_new:
        check_names(user, AUTO_CREATE, (name,))
    check_names(user, _IMPLIED[op], (name,))


def narrowed(
    user: Identity,
    action: str,
    expression: str,
    options: IndicesOptions,
    resolve: Callable[..., list[Index]],
) -> str:
    """Return the expression without wildcards, and without what the user may not act on.

    A wildcard stands for those indices and aliases only on which the action is allowed
    (`IndicesAndAliasesResolver`); other names are left out with `ignore_unavailable`, and refused
    without. `resolve` is that of a cluster. Raises `ElasticsearchError`.
    """
    if action != SEARCH:
        check(user, action)
    allow_nothing = options.get("allow_no_indices", True)
    found: dict[str, None] = {}
    denied: list[str] = []
    expanded = False
    for part in expression.split(","):
        if part.startswith("-") and (expanded or "*" in part):
            excluded = wildcard(part[1:])
            found = {name: None for name in found if not excluded(name)}
            expanded = True
        elif part == "_all" or "*" in part:
            indices = resolve(part, expand_wildcards=options.get("expand_wildcards", "open"))
            names = _matching("*" if part == "_all" else part, indices)
            before = len(found)
            found |= {name: None for name in names if user.allows_index(action, name)}
            if len(found) == before and not allow_nothing:
                raise index_not_found(part)
            expanded = True
        elif user.allows_index(action, part):
            found[part] = None
        elif not options.get("ignore_unavailable", False):
            denied.append(part)
    if denied:
        raise _refusal(user, action, denied)
    if found:
        return ",".join(found)
    check(user, action)
    if not allow_nothing:
        raise index_not_found(expression)
    return NOTHING


def _matching(pattern: str, indices: list[Index]) -> list[str]:
    """Return the names that a pattern matches, of the indices and of their aliases."""
    matches = wildcard(pattern)
    return [name for index in indices for name in (index.name, *index.aliases) if matches(name)]


def _refusal(
    user: Identity, action: str, indices: Sequence[str] = (), *, own: bool = False
) -> ElasticsearchError:
    # Who is authorized has imported it already; without security nobody needs it.
    from mockkibana.security.denials import denial

    return unauthorized(denial(user, action, indices, own=own), action)
