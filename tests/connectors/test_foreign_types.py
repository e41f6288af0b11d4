"""Connector types that lack something are refused when they are loaded, with their name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockkibana import BadConnectorType, World
from mockkibana.connectors.base import ConnectorType
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import Schema

SCHEMA = "expected a Schema or a Field of mockkibana.validation"
ID = "expected a text such as '.pager'"
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
    ],
    ids=str,
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


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (
            "class Pager(ConnectorType):\n    id = '.pager'\n",
            f"its params is None; {SCHEMA}",
        ),
        ("Pager = 3\n", NO_TYPE),
        (
            "import not_there\n",
            "it cannot be imported: ModuleNotFoundError: No module named 'not_there'",
        ),
        (
            "",
            "it cannot be imported: AttributeError: module 'pager' has no attribute 'Pager'",
        ),
    ],
    ids=["lacks params", "no type", "no module", "no name"],
)
def test_a_type_of_another_package_is_refused_with_the_packages_name(
    tmp_path: Path, module: str, reason: str
) -> None:
    head = "from mockkibana.connectors.base import ConnectorType\n"
    (tmp_path / "pager.py").write_text(head + module)
    metadata = tmp_path / "acme-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[mockkibana.connectors]\np = pager:Pager\n")
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from mockkibana import World\nWorld().connector_types.ids()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    last = ran.stderr.strip().splitlines()[-1]
    assert last.endswith(
        f"BadConnectorType: The connector type `pager:Pager` of acme is refused: {reason}"
    )
