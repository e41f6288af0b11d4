"""Names by which a person may give the fields of an issue in a seed."""

from __future__ import annotations

from mockkibana.jira.errors import BadSeed
from mockkibana.jira.projects import fields, metadata
from mockkibana.jira.records import records
from mockkibana.jira.seeds.record import Record
from mockkibana.spelling import expected
from mockkibana.store import Document

NO_VALUES = ("project", "timetracking")
"""What is read apart, and is not stored as the value of a field."""

_FILLED_ELSEWHERE = {"attachment": "attachments", "issuelinks": "links"}


def by_id(record: Record, project: Document) -> Record:
    """Return a record with fields by id that a person may give by name. Raises `BadSeed`."""
    known = fields.of_project(project)
    taken = {*records.NO_FIELDS, *NO_VALUES, *known} - _FILLED_ELSEWHERE.keys()
    if record.values.keys() <= taken:
        return record
    others = {row["name"]: row["id"] for row in metadata.shipped()["other_fields"]}
    ids = {name: id_ for name, id_ in others.items() if id_ in records.NO_FIELDS}
    ids |= {field["name"]: id_ for id_, field in known.items()}
    values: Document = {}
    for name, value in record.values.items():
        id_ = name if name in taken else ids.get(name, name)
        if id_ in _FILLED_ELSEWHERE:
            told = f"this field has what the seed's {_FILLED_ELSEWHERE[id_]!r} say"
            raise BadSeed(record.at(name), told)
        if id_ not in taken and not project["allow_unknown_fields"]:
            names = [row["name"] if fields.is_custom(key) else key for key, row in known.items()]
            told = f"the project {project['key']} has no such field; {expected(name, names)}"
            raise BadSeed(record.at(name), told)
        if id_ in values:
            raise BadSeed(record.at(name), f"the field {id_} is given twice")
        values[id_] = value
    return Record(record.path, values)
