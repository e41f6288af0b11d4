"""`make docs`: writes the table of connector types into `connector-types.md`.

Run as `python -m docs.connector_types`; a test says when the table is stale.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.data import data
from mockkibana.testing.outbox import OutboxView
from mockkibana.testing.sent import KINDS
from mockkibana.validation import Literal

PAGE = Path(__file__).with_name("connector-types.md")
BEGIN = "<!-- made by `make docs` -->\n"
END = "<!-- end of what is made -->\n"
HEAD = (
    "| type | name | licence | party, with its faults | in the outbox | sub-actions |\n"
    "|---|---|---|---|---|---|\n"
)


def table() -> str:
    """Return the table of the product's own connector types, in Kibana's order."""
    types = ConnectorTypes()
    rows = []
    for row in data("connector_types"):
        if (connector_type := types.get(row["id"])) is None:
            continue
        name = row["name"] + _releases(row)
        cells = (
            f"`{row['id']}`",
            name,
            row["minimum_license_required"],
            _party(connector_type),
            _shown_as(connector_type),
            ", ".join(f"`{each}`" for each in _sub_actions(connector_type)),
        )
        rows.append(f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|\n")
    return HEAD + "".join(rows)


def made(page: str) -> str:
    """Return a page with the table as it is now, between the two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _releases(row: dict[str, Any]) -> str:
    """Return which releases have a type, where not all do."""
    if "registered" in row:
        first = [version for version, there in row["registered"].items() if there]
    else:
        first = [row["since"].removesuffix(".0")] if "since" in row else []
    return f" (from {' and '.join(first)} on)" if first else ""


def _party(connector_type: ConnectorType) -> str:
    party = connector_type.party
    return "" if party is None else f"`{party if isinstance(party, str) else party.name}`"


def _shown_as(connector_type: ConnectorType) -> str:
    """Return what of the handle's outbox shows what a type sends."""
    if connector_type.party is None or isinstance(connector_type.party, str):
        return ""
    kind = KINDS.get(connector_type.id)
    if kind is None:
        return "`webhook`" if connector_type.id == ".webhook" else "`sent`"
    return f"`{_ATTRIBUTES[kind.__name__]}`"


def _attributes() -> dict[str, str]:
    """Return the attributes of the handle's outbox, by the kind of thing that they list."""
    found = {"Completion": "ai"}
    for name, value in vars(OutboxView).items():
        if isinstance(value, property):
            kind = value.fget.__annotations__["return"]
            found[kind.removeprefix("list[").removesuffix("]")] = name
    return found


def _sub_actions(connector_type: ConnectorType) -> list[str]:
    """Return what runs of a type can do, where they name it."""
    if named := getattr(connector_type, "sub_actions", None):
        return list(named)
    params: Any = connector_type.params
    schemas = [field.schema for field in getattr(params, "alternatives", ())] or [params]
    named = (getattr(schema, "fields", {}).get("subAction") for schema in schemas)
    return [field.value for field in named if isinstance(field, Literal)]


_ATTRIBUTES = _attributes()


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text("utf-8")), "utf-8")
