"""The journal as it is shown: records in JSON and in one line of text, secrets redacted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from http.client import responses
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from mockkibana.clock import iso
from mockkibana.journal.journal import (
    IN_BODY,
    KEPT_ITEMS,
    Body,
    Call,
    Digest,
    Exchange,
    Headers,
    RunRecord,
    Shortened,
    digest,
    shortened,
)
from mockkibana.journal.made import BulkCreated, Made
from mockkibana.journal.redaction import Redaction
from mockkibana.json import Json, Malformed, Record, dumps, loads
from mockkibana.version import __version__

if TYPE_CHECKING:
    from mockkibana.records import CallRecord, MadeRecord, Message, RequestRecord
    from mockkibana.records import RunRecord as ShownRun

_PLURALS = {
    "document": "documents",
    "issue": "issues",
    "comment": "comments",
    "delivery": "deliveries",
}
# What of a record HTTP knows, too.
_HTTPS = ("time", "method", "path", "query", "status", "seconds", "request", "response")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PLACEHOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


def render(call: Call) -> CallRecord:
    """Return a call as JSON, with the same keys whatever it was.

    `path` is raw and with the space's prefix, `query` from names to values (a list for a name that
    came more than once), `time` the world's in ISO 8601, `seconds` real time. A body is its JSON
    value, or text; one that is over 64 kB or no text is `{"size", "sha256", "head"}`, a list that
    went out long `{"items", "head"}`. Of what a run made the first 1,000 are listed, `made_count`
    is all.
    """
    redaction = Redaction()
    for run in call.runs:
        redaction.learn(run.secrets)
    path, _, query = call.target.partition("?")
    sent, answered = headers_of(call.headers), headers_of(call.response_headers)
    record: CallRecord = {
        "number": call.number,
        "time": iso(_EPOCH + timedelta(milliseconds=call.time)),
        "method": call.method,
        "path": redaction.text(path),
        "query": _query(query, redaction),
        "space": call.space,
        "user": call.user,
        "face": call.face,
        "route": None if call.route is None else route_pattern(call.route),
        "status": call.status,
        "seconds": round(call.seconds, 6),
        "request": {
            "headers": {name: redaction.named(name, value) for name, value in sent.items()},
            "body": _body(call.body, sent.get("content-type", ""), redaction),
        },
        "response": {
            "headers": {name: redaction.named(name, value) for name, value in answered.items()},
            "body": _body(call.response, answered.get("content-type", ""), redaction),
        },
        "connector_id": call.connector_id,
        "runs": [_run(run, call.body, redaction) for run in call.runs],
        "faults": list(call.faults),
        "warnings": list(call.warnings),
        "hint": call.hint and redaction.text(call.hint),
    }
    return redaction.scrub(record)  # type: ignore[no-any-return]


def headers_of(headers: Headers) -> dict[str, str]:
    """Return headers by their lower-case names; WSGI's and pairs are read as well."""
    pairs = headers.items() if isinstance(headers, Mapping) else headers
    read: dict[str, str] = {}
    for key, value in pairs:
        name = key.removeprefix("HTTP_").lower().replace("_", "-")
        read[name] = f"{read[name]}, {value}" if name in read else value
    return read


@lru_cache(maxsize=1024)
def route_pattern(route: str) -> str:
    """Return a route with its placeholders in braces: `/api/actions/connector/{id}`."""
    return _PLACEHOLDER.sub(r"{\1}", route)


def line(record: CallRecord) -> str:
    """Return a rendered call in one line, for people.

    `#3 POST /api/actions/connector/a/_execute 200 (a .index ok: 2 documents in logs)`
    """
    status = "no answer" if record["status"] is None else record["status"]
    parts = [f"#{record['number']} {record['method']} {record['path']} {status}"]
    if record["user"]:
        parts.append(f"by {record['user']}")
    parts.extend(f"({_run_line(run)})" for run in record["runs"])
    bent = [sent["fault"] for run in record["runs"] for sent in run["outbound"] if sent["fault"]]
    if faults := dict.fromkeys((*record["faults"], *bent)):
        parts.append(f"[faults: {', '.join(faults)}]")
    if record["warnings"]:
        parts.append(f"[warnings: {', '.join(record['warnings'])}]")
    if record["hint"]:
        parts.append(f"[{record['hint']}]")
    return " ".join(" ".join(parts).split())


def _run_line(run: ShownRun) -> str:
    text = f"{run['connector_id']} {run['connector_type_id']} {run['status']}"
    if run["status"] == "error":
        return ": ".join(part for part in (text, run["message"], run["service_message"]) if part)
    if not run["made"]:
        return text
    # Of very many things only the first are listed, and those are all documents.
    counts = Counter((made["kind"], made["place"]) for made in run["made"])
    if len(counts) == 1:
        counts[next(iter(counts))] = run["made_count"]
    made = (
        f"{count} {kind if count == 1 else _PLURALS[kind]} in {place}"
        for (kind, place), count in counts.items()
    )
    return f"{text}: {', '.join(made)}"


def _run(run: RunRecord, body: Body, redaction: Redaction) -> ShownRun:
    made = [_made(thing) for thing in islice(_all_made(run), KEPT_ITEMS)]
    bulks = [out.response for out in run.outbound if isinstance(out.response, BulkCreated)]
    return {
        "connector_id": run.connector_id,
        "connector_type_id": run.connector_type_id,
        "connector_name": redaction.text(run.connector_name),
        "space": run.space,
        "params": _kept(_params(run, body), redaction),
        "status": run.status,
        "message": run.message and redaction.text(run.message),
        "service_message": run.service_message and redaction.text(run.service_message),
        "error_source": run.error_source,
        "retry": run.retry,
        "outbound": [_outbound(outbound, redaction) for outbound in run.outbound],
        "made": made,
        "made_count": len(run.made) + sum(len(bulk.ids) for bulk in bulks),
    }


def _params(run: RunRecord, body: Body) -> Json:
    if run.params is not IN_BODY:
        return run.params
    try:
        return loads(body if isinstance(body, bytes) else b"", javascript=True)[
            "params"
        ]  # as Kibana read them
    except (Malformed, KeyError, TypeError):
        return None


def _all_made(run: RunRecord) -> Iterator[Made]:
    yield from run.made
    for outbound in run.outbound:
        bulk = outbound.response
        if isinstance(bulk, BulkCreated):
            yield from (Made("document", bulk.index, id_) for id_ in bulk.ids)


def _made(made: Made) -> MadeRecord:
    return {"kind": made.kind, "place": made.place, "id": made.id, "key": made.key}


def _outbound(outbound: Exchange, redaction: Redaction) -> RequestRecord:
    return {
        "backend": outbound.backend,
        "method": outbound.method,
        "url": redaction.text(outbound.url),
        "body": _kept(outbound.body, redaction),
        "status": outbound.status,
        "response": _kept(outbound.response, redaction),
        "error": outbound.error and redaction.text(outbound.error),
        "fault": outbound.fault,
    }


def _query(query: str, redaction: Redaction) -> Json:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        values.setdefault(redaction.text(name), []).append(redaction.named(name, value))
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _body(body: Body, content_type: str, redaction: Redaction) -> Json:
    """Return a body that came or went as bytes: a JSON value, a text, or a digest of it."""
    if not body:
        return None
    if isinstance(body, Digest):
        return _digest(body, content_type, redaction)
    try:
        return redaction.value(loads(body, finite=True))
    except Malformed:
        text = _text(body, content_type)
    if text is None:
        return _digest(digest(body), content_type, redaction)
    return redaction.form(text) if "form-urlencoded" in content_type else redaction.text(text)


def _kept(value: Json, redaction: Redaction) -> Json:
    """Return a body that may never have been bytes, as one of a run's own requests."""
    if isinstance(value, BulkCreated):
        if len(value.ids) > KEPT_ITEMS:
            value = shortened([{"_index": value.index, "_id": id_} for id_ in value.ids])
        else:
            value = value.encoded()
    if isinstance(value, Shortened):
        return {"items": value.items, "head": redaction.value(value.head)}
    if isinstance(value, (bytes, Digest)):
        return _body(value, "", redaction)
    return redaction.value(value)


def _digest(body: Digest, content_type: str, redaction: Redaction) -> Record:
    head = _text(body.head, content_type) or ""
    if "form-urlencoded" in content_type:
        head = redaction.form(head)
    return {"size": body.size, "sha256": body.sha256, "head": redaction.beginning(head)}


def _text(body: bytes, content_type: str) -> str | None:
    """Return a body as text; None for a binary one, and for one that holds files."""
    if b"\0" in body or "multipart/" in content_type:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        # The first kilobyte may end within a character.
        return body[: error.start].decode() if error.start > len(body) - 4 else None


def har(calls: Iterable[Call]) -> Record:
    """Return calls as an HTTP archive 1.2, as browsers read it; secrets are redacted.

    What HTTP does not know (runs, faults, warnings, hint) is under `_mockkibana` of each entry.
    """
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mockkibana", "version": __version__},
            "entries": [_entry(call, render(call)) for call in calls],
        }
    }


def _entry(call: Call, record: CallRecord) -> Record:
    request, response = record["request"], record["response"]
    milliseconds = round(record["seconds"] * 1000, 3)
    query = [
        {"name": name, "value": value}
        for name, values in record["query"].items()
        for value in (values if isinstance(values, list) else [values])
    ]
    search = urlencode([(pair["name"], pair["value"]) for pair in query])
    url = f"http://{request['headers'].get('host', 'localhost')}{record['path']}"
    sent, answered = len(call.body or b""), len(call.response or b"")
    body = _archived(request)
    return {
        "startedDateTime": record["time"],
        "time": milliseconds,
        "request": {
            "method": record["method"],
            "url": f"{url}?{search}" if search else url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(request["headers"]),
            "queryString": query,
            **({"postData": body} if sent else {}),
            "headersSize": -1,
            "bodySize": sent,
        },
        "response": {
            "status": record["status"] or 0,
            "statusText": responses.get(record["status"] or 0, ""),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(response["headers"]),
            "content": {"size": answered, **_archived(response)},
            "redirectURL": response["headers"].get("location", ""),
            "headersSize": -1,
            "bodySize": answered,
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_mockkibana": {name: value for name, value in record.items() if name not in _HTTPS},
    }


def _archived(message: Message) -> Record:
    body = message["body"]
    return {
        "mimeType": message["headers"].get("content-type", "x-unknown"),
        "text": body if isinstance(body, str) else "" if body is None else dumps(body),
    }


def _pairs(headers: dict[str, str]) -> list[Record]:
    return [{"name": name, "value": value} for name, value in headers.items()]
