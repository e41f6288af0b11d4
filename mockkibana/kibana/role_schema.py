"""The schemas of Kibana's routes about roles."""

from __future__ import annotations

from mockkibana.json import Json
from mockkibana.kibana.privileges import EVERYWHERE
from mockkibana.kibana.schemas import space_id
from mockkibana.validation import (
    Any,
    ArrayOf,
    Boolean,
    Conditional,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    OneOf,
    RecordOf,
    Schema,
    String,
    literals,
    matching,
)

BASE_PRIVILEGES = ("all", "read")
"""The privileges on all features together; global ones and those in a space have these names."""

_feature_word = matching(r"[a-zA-Z0-9_\-]+", "only a-z, A-Z, 0-9, '_', and '-' are allowed")


def _base_privileges(kind: str) -> ArrayOf:
    def known(name: str) -> str | None:
        if name in BASE_PRIVILEGES:
            return None
        listed = ",".join(BASE_PRIVILEGES)
        return f'unknown {kind} privilege "{name}", must be one of [{listed}]'

    return ArrayOf(String(validate=known))


def _strings(*, min_size: int | None = None) -> ArrayOf:
    return ArrayOf(String(), min_size=min_size)


_INDICES: dict[str, Field] = {
    "names": _strings(min_size=1),
    "field_security": Maybe(RecordOf(_strings(), keys=literals("grant", "except"))),
    "privileges": _strings(min_size=1),
    "query": Maybe(String()),
    "allow_restricted_indices": Maybe(Boolean()),
}


class _Elasticsearch(Schema):
    cluster = Maybe(_strings())
    remote_cluster = Maybe(
        ArrayOf(Object({"privileges": _strings(min_size=1), "clusters": _strings(min_size=1)}))
    )
    indices = Maybe(ArrayOf(Object(_INDICES)))
    remote_indices = Maybe(ArrayOf(Object({"clusters": _strings(min_size=1), **_INDICES})))
    run_as = Maybe(_strings())


_ALL_SPACES = ArrayOf(Literal(EVERYWHERE), min_size=1, max_size=1)


class _Entry(Schema):
    spaces = OneOf(
        [_ALL_SPACES, ArrayOf(String(validate=space_id))], load_default=lambda: [EVERYWHERE]
    )
    base = Maybe(
        Conditional("spaces", _ALL_SPACES, _base_privileges("global"), _base_privileges("space"))
    )
    feature = Maybe(
        RecordOf(ArrayOf(String(validate=_feature_word)), keys=String(validate=_feature_word))
    )


def _base_or_feature(entry: Json) -> str | None:
    base, feature = entry.get("base"), entry.get("feature")
    if not base and not any((feature or {}).values()):
        return "either [base] or [feature] is expected, but none of them specified"
    if base and feature:
        return "definition of [feature] isn't allowed when non-empty [base] is defined."
    return None


def _one_entry_a_space(entries: Json) -> str | None:
    for index, entry in enumerate(entries):
        for other in entries[index + 1 :]:
            both = [space for space in dict.fromkeys(entry["spaces"]) if space in other["spaces"]]
            if both:
                listed = ",".join(both)
                return f"more than one privilege is applied to the following spaces: [{listed}]"
    return None


class PutRoleParams(Schema):
    """The placeholders in the path of `PUT /api/security/role/{name}`."""

    name = String(min_length=1, max_length=1024)


class PutRole(Schema):
    """The body of `PUT /api/security/role/{name}`."""

    description = Maybe(String(max_length=2048))
    metadata = Maybe(RecordOf(Any()))
    elasticsearch = Object(_Elasticsearch())
    kibana = Maybe(
        ArrayOf(Object(_Entry(), validate=_base_or_feature), validate=_one_entry_a_space)
    )


class PutRoles(Schema):
    """The body of `POST /api/security/roles`."""

    roles = RecordOf(PutRole())


class PutRoleQuery(Schema):
    """The query of `PUT /api/security/role/{name}`."""

    createOnly = Boolean(load_default=False)  # noqa: N815 - Kibana's own name


class GetRoleQuery(Schema):
    """The query of `GET /api/security/role` and of `GET /api/security/role/{name}`."""

    replaceDeprecatedPrivileges = Maybe(Boolean())  # noqa: N815


class FindRoles(Schema):
    """The body of `POST /api/security/role/_query`."""

    query = Maybe(String())
    from_ = Maybe(Number(), data_key="from")
    size = Maybe(Number())
    sort = Maybe(Object({"field": String(), "direction": literals("asc", "desc")}))
    filters = Maybe(Object({"showReservedRoles": Maybe(Boolean())}))
