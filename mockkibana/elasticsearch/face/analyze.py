"""The API that tells the words of a text: `_analyze`."""

from __future__ import annotations

from bisect import bisect_left

from mockkibana.elasticsearch.analysis.analyzers import (
    BUILT_IN,
    GAP,
    Analyzer,
    Analyzers,
)
from mockkibana.elasticsearch.analysis.errors import NoAnalyzer
from mockkibana.elasticsearch.analysis.tokens import Token
from mockkibana.elasticsearch.errors import illegal_argument, validation_failed
from mockkibana.elasticsearch.face.rest_request import RestRequest
from mockkibana.elasticsearch.indices.indices import Index
from mockkibana.elasticsearch.json.parse_errors import located, unknown_field, unsupported
from mockkibana.elasticsearch.json.scalars import as_text
from mockkibana.elasticsearch.mapping.mapping import Leaf
from mockkibana.elasticsearch.vocabulary import names
from mockkibana.http.messages import Answer
from mockkibana.json import Json

_KEYS = ("analyzer", "field", "filter", "normalizer", "text", "tokenizer")
_UNSUPPORTED = ("attributes", "char_filter", "explain")
_MOST = "index.analyze.max_token_count"


def analyze(request: RestRequest) -> Answer:
    """Answer the words of a text, or of several."""
    body = _read(request)
    index = _index(request)
    texts = body.get("text")
    if texts is None or texts == []:
        raise validation_failed(["text is missing"])
    analyzer = _analyzer(body, index)
    most = int(index.settings.get(_MOST, 10_000)) if index is not None else 10_000
    tokens: list[Json] = []
    position = offset = 0
    for item in texts if isinstance(texts, list) else [texts]:
        text = as_text(item)
        found = analyzer.tokens(text)
        if len(tokens) + len(found) > most:
            raise illegal_argument(
                "The number of tokens produced by calling _analyze has exceeded the allowed "
                f"maximum of [{most}]. This limit can be set by changing the [{_MOST}] index level "
                "setting."
            )
        units = _Units(text)
        tokens += [_shown(token, units, position, offset) for token in found]
        position += (found[-1].position + 1 if found else 0) + GAP
        offset += units.before(len(text)) + 1
    return Answer(200, {"tokens": tokens})


def _read(request: RestRequest) -> dict[str, Json]:
    body = request.object()
    with located(request.body, body):
        for name in body:
            if name in _UNSUPPORTED and body[name]:
                raise unsupported(f"[{name}] in an analyze request", (name,))
            if name not in (*_KEYS, *_UNSUPPORTED):
                raise unknown_field("analyze_request", name, ())
    return body


def _index(request: RestRequest) -> Index | None:
    if request.index() is None:
        request.authorize()
        return None
    return next(iter(request.indices("read")), None)


class _Units:
    """Counts the characters of a text as Java does, in units of UTF-16."""

    def __init__(self, text: str) -> None:
        is_plain = text.isascii()
        self._pairs = [] if is_plain else [n for n, sign in enumerate(text) if sign > "\uffff"]

    def before(self, place: int) -> int:
        """Return how many there are before a place."""
        return place + bisect_left(self._pairs, place)


def _shown(token: Token, units: _Units, position: int, offset: int) -> Json:
    return {
        "token": token.text,
        "start_offset": offset + units.before(token.start),
        "end_offset": offset + units.before(token.end),
        "type": token.kind,
        "position": position + token.position,
    }


def _analyzer(body: dict[str, Json], index: Index | None) -> Analyzer:
    analyzers = BUILT_IN if index is None else index.analyzers
    name = body.get("analyzer")
    if body.get("normalizer") is not None:
        return _normalizer(body, analyzers, index)
    if name is not None:
        return _named(as_text(name), analyzers, "" if index is not None else "global ")
    if "tokenizer" in body or "filter" in body:
        # Filters alone are for the whole text.
        return analyzers.custom(
            {"tokenizer": body.get("tokenizer", "keyword"), "filter": body.get("filter", [])}
        )
    if body.get("field") is not None:
        if index is None:
            raise illegal_argument("analysis based on a specific field requires an index")
        return _of_field(as_text(body["field"]), index)
    return analyzers.named("default")


def _named(name: str, analyzers: Analyzers, kind: str) -> Analyzer:
    try:
        return analyzers.named(name)
    except NoAnalyzer as missing:
        if missing.args[0] in names("mapping", "analyzers"):
            raise illegal_argument(f"this mock has no analyzer [{missing.args[0]}]") from None
        raise illegal_argument(f"failed to find {kind}analyzer [{name}]") from None


def _normalizer(body: dict[str, Json], analyzers: Analyzers, index: Index | None) -> Analyzer:
    if body.get("analyzer") is not None or body.get("tokenizer") is not None:
        raise validation_failed(["tokenizer/analyze should be null if normalizer is specified"])
    if index is None:
        raise validation_failed(["index is required if normalizer is specified"])
    name = as_text(body["normalizer"])
    try:
        return analyzers.normalizer(name)
    except NoAnalyzer:
        raise illegal_argument(f"failed to find normalizer under [{name}]") from None


def _of_field(path: str, index: Index) -> Analyzer:
    field = index.mapping.fields.get(path)
    if field is None:
        return index.analyzers.named("default")
    kind = field.type if isinstance(field, Leaf) else "object"
    if kind == "keyword":
        normalizer = field.definition.get("normalizer")
        if normalizer is not None:
            return index.analyzers.normalizer(str(normalizer))
        return index.analyzers.named("keyword")
    if kind not in ("text", "match_only_text"):
        raise illegal_argument(
            f"Can't process field [{path}], Analysis requests are only supported on tokenized "
            "fields"
        )
    return _named(str(field.definition.get("analyzer", "default")), index.analyzers, "")
