"""Values that scripts make of a document, shown with hits: `script_fields`."""

from __future__ import annotations

from dataclasses import dataclass

from mockkibana.elasticsearch.errors import illegal_argument
from mockkibana.elasticsearch.json import bodies, object_parser
from mockkibana.elasticsearch.json.parse_errors import Path, illegal, parsing
from mockkibana.elasticsearch.scripts.doc_values import DocValues, Instant
from mockkibana.elasticsearch.scripts.values import Value
from mockkibana.elasticsearch.search import scripted
from mockkibana.elasticsearch.search.failures import ShardFailure
from mockkibana.elasticsearch.search.scripted import Scripted
from mockkibana.elasticsearch.search.segment import Segment
from mockkibana.json import Json

_MOST = 32  # index.max_script_fields


@dataclass(frozen=True, slots=True)
class ScriptField:
    """The value of a script, under a name; with `lenient` a script that fails has none."""

    name: str
    script: Scripted
    lenient: bool

    def value(self, segment: Segment, number: int, score: float) -> dict[str, Json]:
        """Return the value of a document, in a list. Raises `ShardFailure`."""
        try:
            found = self.script.of(segment)(number, score)
        except ShardFailure:
            if self.lenient:
                return {}
            raise
        return {self.name: found if isinstance(found, list) else [_shown(found)]}


def _shown(value: Value) -> Json:
    if isinstance(value, DocValues):
        return [_shown(each) for each in value.values]
    return value.java_text() if isinstance(value, Instant) else value


def parse(value: Json, path: Path) -> tuple[ScriptField, ...]:
    """Parse the `script_fields` of a search, by their names. Raises `ParseError`."""
    if not isinstance(value, dict):
        raise parsing(f"Expected [START_OBJECT] but found [{bodies.token_of(value)}]", path)
    if len(value) > _MOST:
        raise illegal_argument(
            f"Trying to retrieve too many script_fields. Must be less than or equal to: [{_MOST}] "
            f"but was [{len(value)}]. This limit can be set by changing the "
            "[index.max_script_fields] index level setting."
        )
    found = []
    for name, body in value.items():
        kinds = {"script": "object or string", "ignore_failure": "boolean"}
        given = object_parser.fields("script_fields", kinds, body, (*path, name))
        if "script" not in given:
            raise illegal(f"Required [script] of the script field [{name}]", (*path, name))
        script = scripted.read(given["script"], (*path, name, "script"), scores=True)
        found.append(ScriptField(name, script, given.get("ignore_failure", False)))
    return tuple(found)
