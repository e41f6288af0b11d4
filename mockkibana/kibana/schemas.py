"""The schemas of Kibana's routes about connectors, spaces and status."""

from __future__ import annotations

from mockkibana.javascript import WHITE_SPACE
from mockkibana.json import Json, nodes
from mockkibana.validation import (
    Any,
    ArrayOf,
    Boolean,
    ByRelease,
    Conditional,
    Literal,
    Maybe,
    Object,
    RecordOf,
    Schema,
    String,
    literals,
    matching,
)

_BLANK = "value '' is not valid"


def _not_blank(text: str) -> str | None:
    return None if text.strip(WHITE_SPACE) else _BLANK


def _no_blank_strings(value: Json) -> str | None:
    """Refuse blank strings at any depth; Kibana's path stops at the record's own key."""
    return next(
        (_BLANK for node in nodes(value) if isinstance(node, str) and _not_blank(node)), None
    )


class CreateConnector(Schema):
    """The body of `POST /api/actions/connector`."""

    name = String(validate=_not_blank)
    connector_type_id = String(validate=_not_blank)
    config = RecordOf(Any(validate=_no_blank_strings), load_default=dict)
    secrets = RecordOf(Any(validate=_no_blank_strings), load_default=dict)


_CONNECTOR_ID = String(
    min_length=1,
    max_length=36,
    validate=matching(
        "[a-z0-9-]*", "Connector ID must contain only lowercase letters, numbers, and hyphens."
    ),
)


class ConnectorId(Schema):
    """The id in the path of `POST /api/actions/connector/{id}`; later, any may be chosen."""

    id = ByRelease({"8.17": Maybe(String()), "9.4": Maybe(_CONNECTOR_ID)})


class AvailabilityParams(Schema):
    """The id in the path of `GET /api/actions/connector/{id}/_check_availability`."""

    id = String(min_length=1)


class UpdateConnector(Schema):
    """The body of `PUT /api/actions/connector/{id}`."""

    name = String(validate=_not_blank)
    config = RecordOf(Any(validate=_no_blank_strings), load_default=dict)
    secrets = RecordOf(Any(validate=_no_blank_strings), load_default=dict)


class RunConnector(Schema):
    """The body of `POST /api/actions/connector/{id}/_execute`."""

    params = RecordOf(Any())


class ConnectorTypesQuery(Schema):
    """The query of `GET /api/actions/connector_types`."""

    feature_id = Maybe(String())


def _one_format(query: Json) -> str | None:
    if query.get("v7format") and query.get("v8format"):
        return "provide only one format option: v7format or v8format"
    return None


STATUS_QUERY = Object(
    {"v7format": Maybe(Boolean()), "v8format": Maybe(Boolean())}, validate=_one_format
)
"""The query of `GET /api/status`."""


space_id = matching(r"[a-z0-9_\-]+", "must be lower case, a-z, 0-9, '_', and '-' are allowed")
"""Returns why a text is no id of a space, or None."""

_color = matching("#[a-zA-Z0-9]{6}", "must be a 6 digit hex color, starting with a #")
_image_url = matching("(data:image[^\n\r\u2028\u2029]*)?", "must start with 'data:image'")


class Space(Schema):
    """The body of `POST /api/spaces/space` and of `PUT /api/spaces/space/{id}`."""

    id = String(validate=space_id)
    name = String(min_length=1)
    description = Maybe(String())
    initials = Maybe(String(max_length=2))
    color = Maybe(String(validate=_color))
    disabledFeatures = ArrayOf(String(), load_default=list)  # noqa: N815 - Kibana's own name
    _reserved = Maybe(Boolean())
    imageUrl = Maybe(String(validate=_image_url))  # noqa: N815
    solution = ByRelease(
        {
            "8.17": Maybe(literals("security", "oblt", "es", "classic")),
            "9.0": Maybe(literals("es", "oblt", "security", "classic")),
        }
    )


class SpaceSeed(Space):
    """A space of a seed: the name may be left out."""

    name = Maybe(String(min_length=1))  # type: ignore[assignment]


class SpacesQuery(Schema):
    """The query of `GET /api/spaces/space`."""

    purpose = Maybe(literals("any", "copySavedObjectsIntoSpace", "shareSavedObjectsIntoSpace"))
    # The literal takes no string, so beside a purpose even `false` is refused (`get_all.ts`).
    include_authorized_purposes = Conditional(
        "purpose", String(), Maybe(Literal(False)), Maybe(Boolean())
    )
