"""Kibana's spaces: create, read, update and delete them, with Kibana's refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockkibana.json import Json
from mockkibana.kibana.caller import DEFAULT_SPACE, Caller
from mockkibana.kibana.connectors import Connectors
from mockkibana.kibana.errors import KibanaError, bad_request, not_found
from mockkibana.kibana.privileges import LOGIN, MANAGE_SPACES
from mockkibana.settings.installation import Installation
from mockkibana.store import Store, Transaction

if TYPE_CHECKING:
    from mockkibana.kibana.authorization import SpaceRights

SPACES = "kibana.spaces"

_DEFAULT: dict[str, Json] = {
    "id": DEFAULT_SPACE,
    "name": "Default",
    "description": "This is your default space!",
    "color": "#00bfb3",
    "disabledFeatures": [],
    "_reserved": True,
}
_KEYS = (
    "id",
    "name",
    "description",
    "color",
    "initials",
    "imageUrl",
    "disabledFeatures",
    "_reserved",
    "solution",
)

# What each purpose needs in a space (secure_spaces_client_wrapper.ts).
_PURPOSES = {
    "any": LOGIN,
    "copySavedObjectsIntoSpace": "ui:savedObjectsManagement/copyIntoSpace",
    "findSavedObjects": LOGIN,  # and a find of the type config, which goes with every privilege
    "shareSavedObjectsIntoSpace": "ui:savedObjectsManagement/shareIntoSpace",
}


class Spaces:
    """The spaces of one world. Every method that can refuse raises `KibanaError`."""

    def __init__(self, store: Store, installation: Installation, connectors: Connectors) -> None:
        self._store = store
        self._connectors = connectors
        self._installation = installation

    def get_all(
        self, caller: Caller, *, purpose: str = "any", include_authorized_purposes: bool = False
    ) -> list[Json]:
        """Return the spaces in which the caller may do what `purpose` names, sorted by name.

        With `include_authorized_purposes` each tells which ones the caller has: all of them while
        security is off, when Kibana itself tells none. Refused with 403 when there is no space.
        """
        spaces = [_shown(space) for space in sorted(self._all(), key=lambda space: space["name"])]
        rights = caller.rights
        if rights is None and not include_authorized_purposes:
            return spaces
        purposes = [(space, _purposes(rights, space["id"])) for space in spaces]
        if include_authorized_purposes:
            found = [
                {**space, "authorizedPurposes": held}
                for space, held in purposes
                if any(held.values())
            ]
        else:
            found = [space for space, held in purposes if held[purpose]]
        if not found and rights is not None:
            raise rights.refusal(_PURPOSES[purpose], None, caller.space)
        return found

    def get(self, caller: Caller, space_id: str) -> Json:
        """Return a space. Raises 403 without access, even to one that does not exist, or 404."""
        if caller.rights is not None:
            caller.rights.ensure(LOGIN, f"Unauthorized to get {space_id} space", space_id)
        return _shown(self._existing(space_id))

    def exists(self, space_id: str) -> bool:
        """Tell whether there is such a space, whoever asks."""
        return self._find(space_id) is not None

    def create(self, caller: Caller, space: dict[str, Any]) -> Json:
        """Save a new space and return it; refused with 403, 409 (id taken) or 400 (too many)."""
        _ensure_manager(caller, "create")
        space_id = space["id"]
        with self._store.transaction() as transaction:
            if self._find(space_id) is not None:
                raise KibanaError(409, f"A space with the identifier {space_id} already exists.")
            if len(self._all()) >= self._installation.settings.max_spaces:
                raise bad_request(
                    "Unable to create Space, this exceeds the maximum number of spaces set by "
                    "the xpack.spaces.maxSpaces setting"
                )
            # Only Kibana itself makes reserved spaces.
            record = {key: value for key, value in space.items() if key != "_reserved"}
            transaction.put(SPACES, {space_id: _shown(record)})
        return _shown(record)

    def update(self, caller: Caller, space_id: str, space: dict[str, Any]) -> Json:
        """Change what is given of a space; the id of the path wins. Refused with 403 or 404.

        What is left out stays: Kibana merges it into the saved object (`merge_for_update.ts`).
        """
        _ensure_manager(caller, "update")
        changes = {key: value for key, value in space.items() if key != "_reserved"}
        with self._store.transaction() as transaction:
            record = _shown({**self._existing(space_id), **changes, "id": space_id})
            transaction.put(SPACES, {space_id: record})
        return record

    def delete(self, caller: Caller, space_id: str) -> None:
        """Delete a space and every object in it.

        Refused with 403, 404, or 400 for a reserved one.
        """
        _ensure_manager(caller, "delete")
        with self._store.transaction() as transaction:
            if self._existing(space_id).get("_reserved"):
                raise bad_request(f"The {space_id} space cannot be deleted because it is reserved.")
            self._connectors.remove_space(transaction, space_id)
            transaction.remove(SPACES, [space_id])

    def restore(self, transaction: Transaction, record: dict[str, Any]) -> None:
        """Put a space of a seed; its name may be left out."""
        transaction.put(SPACES, {record["id"]: _shown({"name": record["id"], **record})})

    def dump(self) -> list[Json]:
        """Return the spaces as a part of a seed."""
        return list(self._store.table(SPACES).rows().values())

    def _find(self, space_id: str) -> dict[str, Any] | None:
        found = self._store.table(SPACES).row(space_id)
        return self._default() if found is None and space_id == DEFAULT_SPACE else found

    def _existing(self, space_id: str) -> dict[str, Any]:
        space = self._find(space_id)
        if space is None:
            raise not_found()
        return space

    def _all(self) -> list[dict[str, Any]]:
        spaces = self._store.table(SPACES).rows()
        # The default space is not stored until it is changed, and it counts.
        return [*(() if DEFAULT_SPACE in spaces else (self._default(),)), *spaces.values()]

    def _default(self) -> dict[str, Any]:
        solution = self._installation.settings.default_solution
        return _DEFAULT if solution is None else {**_DEFAULT, "solution": solution}


def _ensure_manager(caller: Caller, operation: str) -> None:
    if caller.rights is not None:
        caller.rights.ensure(MANAGE_SPACES, f"Unauthorized to {operation} spaces")


def _purposes(rights: SpaceRights | None, space_id: str) -> dict[str, bool]:
    return {
        purpose: rights is None or rights.holds(action, space_id)
        for purpose, action in _PURPOSES.items()
    }


def _shown(space: dict[str, Any]) -> dict[str, Json]:
    return {key: space[key] for key in _KEYS if key in space}
