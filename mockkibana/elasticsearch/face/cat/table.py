"""Tables as the cat APIs write them: `h`, `s`, `v`, `help`, `bytes` and `format` of a request."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.http.messages import Answer
from mockkibana.wildcards import wildcard

Cell = str | int | float | None
Row = Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, other names for it (`idx,i`), what it tells, and how it stands."""

    name: str
    aliases: str
    description: str
    right: bool = False
    shown: bool = True  # unless `h` says otherwise
    is_size: bool = False  # in bytes

    def is_named(self, name: str) -> bool:
        """Return whether `h` or `s` mean it by that name."""
        return name == self.name or name in self.aliases.split(",")


_UNITS = {"b": 0, "kb": 1, "mb": 2, "gb": 3, "tb": 4, "pb": 5}


def answer(request: RestRequest, columns: Sequence[Column], rows: Iterable[Row]) -> Answer:
    """Answer a table, as the request wants it. Raises `ElasticsearchError`."""
    parameters = request.parameters
    if parameters.flag("help"):
        return Answer(200, _help(columns))
    unit = parameters.text("bytes")
    if unit is not None and unit not in _UNITS:
        raise illegal_argument(f"Unknown value for [bytes]: [{unit}]")
    wanted = _wanted(columns, parameters.text("h"))
    ordered = _sorted(columns, list(rows), parameters.names("s"))
    texts = [
        [_text(column, row[columns.index(column)], unit) for column, _ in wanted] for row in ordered
    ]
    titles = [title for _, title in wanted]
    if request.wants_json():
        return Answer(200, [dict(zip(titles, row, strict=True)) for row in texts])
    return Answer(200, _lines(wanted, texts, with_titles=parameters.flag("v")))


def _wanted(columns: Sequence[Column], asked: str | None) -> list[tuple[Column, str]]:
    """Return the columns to show, each under the name that it was asked for by."""
    if asked is None:
        return [(column, column.name) for column in columns if column.shown]
    found: list[tuple[Column, str]] = []
    for name in filter(None, asked.split(",")):
        if "*" in name:
            test = wildcard(name)
            found += [(column, column.name) for column in columns if test(column.name)]
        else:
            found += [(column, name) for column in columns if column.is_named(name)]
    return found


def _sorted(columns: Sequence[Column], rows: list[Row], names: Iterable[str]) -> list[Row]:
    for name in reversed(list(names)):
        key, _, direction = name.partition(":")
        places = [place for place, column in enumerate(columns) if column.is_named(key)]
        if not places:
            # The words of RestTable.getOrdering.
            text = f"Unable to sort by unknown sort key `{key}`"
            raise illegal_argument(text)
        place = places[0]
        rows.sort(key=lambda row: _key(row[place]), reverse=direction == "desc")
    return rows


def _key(cell: Cell) -> tuple[int, float, str]:
    if cell is None:
        return 0, 0.0, ""
    return (1, 0.0, cell) if isinstance(cell, str) else (1, float(cell), "")


def _text(column: Column, cell: Cell, unit: str | None) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if column.is_size:
        return _size(int(cell)) if unit is None else str(int(cell) // 1024 ** _UNITS[unit])
    return str(cell)


def _size(number: int) -> str:
    """Return a number of bytes as a person reads it (`ByteSizeValue`)."""
    for unit, power in reversed(_UNITS.items()):
        if power and number >= 1024**power:
            return f"{number / 1024**power:.1f}".removesuffix(".0") + unit
    return f"{number}b"


def _lines(
    wanted: Sequence[tuple[Column, str]], texts: list[list[str | None]], *, with_titles: bool
) -> str:
    rows = [[cell or "" for cell in row] for row in texts]
    titles = [title for _, title in wanted]
    lines = [titles, *rows] if with_titles else rows
    widths = [max(map(len, cells), default=0) for cells in zip(*lines, strict=True)]
    last = len(wanted) - 1
    written = ""
    for line in lines:
        cells = [
            cell.rjust(width) if column.right else cell.ljust(width if place < last else 0)
            for place, ((column, _), cell, width) in enumerate(
                zip(wanted, line, widths, strict=True)
            )
        ]
        written += " ".join(cells) + "\n"
    return written


def _help(columns: Sequence[Column]) -> str:
    rows = [(column.name, column.aliases, column.description) for column in columns]
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return "".join(
        " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n"
        for row in rows
    )
