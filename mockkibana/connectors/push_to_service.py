"""What a push of a case is made of: its comments, and the params of types that only push."""

from __future__ import annotations

from mockkibana.validation import ArrayOf, Literal, Nullable, Object, OneOf, Schema, String


class Comment(Schema):
    """A comment; its id is the caller's own and comes back in the answer."""

    comment = String()
    commentId = String()  # noqa: N815 - Kibana's own names, here and below


def comments() -> Nullable:
    """Return the field of a push that has its comments."""
    return Nullable(ArrayOf(Object(Comment())))


def push_only(incident: Schema) -> OneOf:
    """Return the params of a type whose one sub-action makes or updates an incident."""
    fields = {"incident": Object(incident), "comments": comments()}

    class Params(Schema):
        subAction = Literal("pushToService")  # noqa: N815
        subActionParams = Object(fields)  # noqa: N815

    return OneOf([Params()], discriminator="subAction")
