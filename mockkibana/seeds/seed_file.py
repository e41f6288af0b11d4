"""Seed files, JSON or YAML: read, and checked against their schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mockkibana.json import Json, Malformed, has_infinity, loads
from mockkibana.kibana.schemas import SpaceSeed, space_id
from mockkibana.seeds.elasticsearch import ElasticsearchSeed
from mockkibana.seeds.security import SecuritySeed, without_clear_text
from mockkibana.seeds.seeds import READ_ONLY, VERSION, BadSeed, Seed
from mockkibana.spelling import expected
from mockkibana.validation import Any as AnyValue
from mockkibana.validation import (
    ArrayOf,
    Boolean,
    Failure,
    Field,
    Literal,
    Maybe,
    Number,
    Object,
    RecordOf,
    Refused,
    Schema,
    String,
)
from mockkibana.validation.wording import sentence


def _record() -> Field:
    return RecordOf(AnyValue(), load_default=dict)


class ConnectorSeed(Schema):
    """A saved connector; the last keys are what Kibana's API or a snapshot says beside it."""

    id = Maybe(String(min_length=1))
    name = Maybe(String())  # Kibana's legacy route takes one without a character
    connector_type_id = String(min_length=1)
    config = _record()
    secrets = _record()
    space = String(load_default="default", validate=space_id)
    is_missing_secrets = Boolean(load_default=False)
    referenced_by_count = Number(min=0, load_default=0)
    expands_url = Maybe(Boolean())
    is_preconfigured = Maybe(Boolean())
    is_deprecated = Maybe(Boolean())
    is_system_action = Maybe(Boolean())
    is_connector_type_deprecated = Maybe(Boolean())
    auth_mode = Maybe(String())


class PreconfiguredSeed(Schema):
    """A connector as kibana.yml preconfigures it; it is in every space."""

    id = String(min_length=1)
    name = Maybe(String(min_length=1))
    connector_type_id = String(min_length=1)
    config = _record()
    secrets = _record()
    expose_config = Boolean(load_default=False)
    expands_url = Maybe(Boolean())


class DocumentSeed(Schema):
    """A document of an index, as a hit of a search shows it; without `_id` it gets one."""

    unknowns = "allow"

    _id = Maybe(String(min_length=1))
    _source = RecordOf(AnyValue())
    _version = Maybe(Number(min=1))
    _seq_no = Maybe(Number(min=0))


class IndexSeed(Schema):
    """An index, by its name; keys beside these are state that a snapshot carries."""

    unknowns = "allow"

    settings = Maybe(RecordOf(AnyValue()))
    mappings = Maybe(RecordOf(AnyValue()))
    aliases = Maybe(RecordOf(AnyValue()))
    documents = ArrayOf(Object(DocumentSeed()), load_default=list)


class DeliverySeed(Schema):
    """What a run sent to a third party, as the outbox shows it; it gets a number of its own."""

    seq = Maybe(Number(min=1))
    at = String()
    space = String(load_default="default", validate=space_id)
    connector_id = String()
    connector_name = String()
    connector_type_id = String()
    request = RecordOf(AnyValue())
    response = RecordOf(AnyValue())


class SeedFile(Schema):
    """A seed file, version 1."""

    version = Literal(VERSION)
    spaces = ArrayOf(Object(SpaceSeed()), load_default=list)
    connectors = ArrayOf(Object(ConnectorSeed()), load_default=list)
    preconfigured = ArrayOf(Object(PreconfiguredSeed()), load_default=list)
    indices = RecordOf(Object(IndexSeed()), load_default=dict)
    elasticsearch = Maybe(Object(ElasticsearchSeed()))
    jira = _record()
    security = Maybe(Object(SecuritySeed()))
    outbox = Maybe(ArrayOf(Object(DeliverySeed())))
    parties = Maybe(RecordOf(RecordOf(RecordOf(AnyValue()))))


_SCHEMA = SeedFile()


def parse_seed(content: Json, name: str = "seed") -> Seed:
    """Check a seed against the schema. Raises `BadSeed`.

    A list of connectors, as Kibana's API gives it, is a seed with these.
    """
    if has_infinity(content):
        raise BadSeed(f"{name}: a number in it is infinite, which JSON does not have")
    if isinstance(content, list) and content:
        content = {"version": VERSION, "connectors": content}
    try:
        # A seed without a version is told which one there is.
        versioned = {"version": None, **content} if isinstance(content, dict) else content
        loaded: dict[str, Any] = _SCHEMA.load(versioned)
    except Refused as refused:
        text = " ".join(sentence(refused.failure).split())  # one line, whatever it is about
        received = refused.failure.received
        # Any other text might be a secret in a wrong place.
        is_number = isinstance(received, (int, float)) or str(received).isdecimal()
        if refused.failure.path == ("version",) and is_number:
            text += f" but got [{received!r:.40}]"
        raise BadSeed(f"{name}: {text}{expected_keys(_SCHEMA, refused.failure)}") from None
    if loaded.get("security") is not None:
        loaded["security"] = without_clear_text(loaded["security"])
    return Seed(name, loaded)


def expected_keys(schema: Schema, failure: Failure) -> str:
    """Return which keys there are, in the place of one that a schema does not know."""
    if failure.code != "unknown_keys":
        return ""
    rule: Any = Object(schema)
    for segment in failure.path:
        rule = _bare(rule)
        if isinstance(rule, Object):
            rule = rule.schema.keyed_fields[str(segment)]
        else:
            rule = rule.values if isinstance(rule, RecordOf) else rule.inner
    known = [key for key in _bare(rule).schema.keyed_fields if key not in READ_ONLY]
    return f"; {expected(failure.expected[0], known)}"


def _bare(rule: Any) -> Any:
    return rule.inner if isinstance(rule, Maybe) else rule


def read_seed(path: str | Path) -> Seed:
    """Read a seed file, JSON or YAML. Raises `BadSeed`, also when there is no such file."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise BadSeed(f"{path}: the seed cannot be read: {reason}") from None
    return parse_seed(parse_text(text, path), str(path))


def parse_text(text: str, path: Path) -> Json:
    """Return what a text, JSON or YAML by the name of its file, says. Raises `BadSeed`."""
    if path.suffix in (".yaml", ".yml"):
        return _yaml(text, path)
    try:
        return loads(text)
    except Malformed as error:
        if path.suffix != ".json":
            return _yaml(text, path)
        raise BadSeed(f"{path}: the seed is no JSON: {error}") from None


def _yaml(text: str, path: Path) -> Json:
    from mockkibana.seeds import yaml  # slow to import, and most seeds are JSON

    try:
        return yaml.parse(text, yaml.SeedLoader)
    except yaml.BadKey as error:
        raise BadSeed(f"{path}: {error}") from None
    except yaml.NotYaml as error:
        raise BadSeed(f"{path}: the seed is no YAML: {error}") from None
