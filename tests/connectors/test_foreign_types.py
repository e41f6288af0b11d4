"""Connector types that lack something are refused when they are loaded, with their name."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana import BadConnectorType, World
from mockkibana.connectors.base import ConnectorType
from mockkibana.outbound.party import Sink
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import Schema

SCHEMA = "expected a Schema or a Field of mockkibana.validation"
ID = "expected a text such as '.pager'"
PARTY = "expected a Party of mockkibana.outbound.party, 'elasticsearch', 'jira' or None"
NO_TYPE = "it is no subclass of mockkibana.connectors.base.ConnectorType"


class Params(Schema):
    """Params without keys."""


def execute(_self: object, _run: object, params: Any) -> Any:
    return params


def made(**members: Any) -> type[ConnectorType]:
    """Return a type that is whole, but for some members; one that is None is left out."""
    whole = {"id": ".pager", "params": Params(), "execute": execute, **members}
    return type("Pager", (ConnectorType,), {k: v for k, v in whole.items() if v is not None})


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"id": None}, f"its id is None; {ID}"),
        ({"id": ""}, f"its id is ''; {ID}"),
        ({"id": 1}, f"its id is 1; {ID}"),
        ({"params": None}, f"its params is None; {SCHEMA}"),
        ({"params": Params}, f"its params is the class Params; {SCHEMA}"),
        ({"params": {"text": "string"}}, f"its params is {{'text': 'string'}}; {SCHEMA}"),
        ({"config": dict}, f"its config is the class dict; {SCHEMA}"),
        ({"secrets": "none"}, f"its secrets is 'none'; {SCHEMA}"),
        ({"execute": None}, "it has no execute"),
        (
            {"minimum_license_required": "free"},
            (
                "its minimum_license_required is 'free'; expected one of basic, gold, platinum, "
                "enterprise, trial"
            ),
        ),
        (
            {"supported_feature_ids": "alerting"},
            "its supported_feature_ids is 'alerting'; expected texts such as ('alerting',)",
        ),
        ({"leniencies": ["loud"]}, "its leniencies is ['loud']; expected texts by code"),
        ({"party": Sink}, f"its party is the class Sink; {PARTY}"),
        ({"party": "slack"}, f"its party is 'slack'; {PARTY}"),
        ({"party": Sink("")}, "the name of its party is ''; expected a text such as 'pager'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "".join(value),
)
def test_a_type_that_lacks_something_is_refused(members: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadConnectorType) as refused:
        World(connector_types=[made(**members)])
    assert str(refused.value) == f"The connector type `Pager` is refused: {reason}"


@pytest.mark.parametrize(
    ("value", "name"), [(str, "`str`"), (3, "`3`"), (made()(), "`<"), (object, "`object`")]
)
def test_what_is_no_type_is_refused(value: Any, name: str) -> None:
    with pytest.raises(BadConnectorType) as refused:
        World(connector_types=[value])
    assert str(refused.value).startswith(f"The connector type {name}")
    assert str(refused.value).endswith(NO_TYPE)


@pytest.mark.parametrize("params", [Params(), AnyValue()], ids=["schema", "field"])
def test_a_type_that_is_whole_is_taken(params: Any) -> None:
    world = World(connector_types=[made(params=params)])
    assert ".pager" in world.connector_types.ids()
    world.close()
