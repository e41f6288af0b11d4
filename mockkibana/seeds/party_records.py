"""What third parties keep, in a seed: checked against what each party expects of its records."""

from __future__ import annotations

from collections.abc import Iterable

from mockkibana.json import Json
from mockkibana.outbound.party import Party
from mockkibana.store.state import Documents
from mockkibana.validation import Field, Number, Object, RecordOf, Schema


def _whole(number: Json) -> str | None:
    return None if type(number) is int else "expected an integer"


# What `State.number` and `connectors.grants` keep beside the records of any party.
_OF_ANY: dict[str, Field | Schema] = {
    "numbers": Object({"last": Number(validate=_whole)}, unknowns="allow"),
    "tokens": Object({"expires_at": Number()}, unknowns="allow"),
}


def checked(parties: Iterable[Party], name: str, records: Documents) -> Documents:
    """Return the records, by id, that are kept under a name, as its party expects them.

    Those of which no party says anything are returned as they are. Raises `Refused`.
    """
    shape = _OF_ANY.get(name.rpartition("/")[2])
    for party in parties:
        shape = party.records.get(name, shape)
    if shape is None:
        return records
    record = shape if isinstance(shape, Field) else Object(shape)
    found: Documents = RecordOf(record).deserialize(records)
    return found
