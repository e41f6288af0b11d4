"""`make bench`: prints a table of ratios, each with the bar that it has to reach."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

import click

from bench.imports import imports
from bench.jira import JiraSite
from bench.kit import interceptions, large_resets, resets, servers, suites
from bench.parts import (
    deliveries,
    growing,
    pushes,
    start_rivals,
    stop_seconds,
    store_operations,
    store_with,
)
from bench.processes import load, request, serving
from bench.rounds import fastest, interleaved
from bench.searches import bulks, by_size, scanning

LOG_ID = "7fc7b9a0-ecc9-11ec-8736-e7d63118c907"
JIRA_ID = "b3aad810-edbe-11ec-82d1-11348ecbf4a6"
INDEX_ID = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"

_USER = "bench:changeme"
_MESSAGE = {"params": {"level": "info", "message": "Test message"}}
_ONE = {"params": {"documents": [{"id": "test_doc_id", "message": "hello, world"}]}}
_TYPES = {"params": {"subAction": "issueTypes"}}
_PUSH = {
    "params": {
        "subAction": "pushToService",
        "subActionParams": {"incident": {"summary": "Test incident", "issueType": "10006"}},
    }
}
_INCIDENT = {"params": {"subAction": "getIncident", "subActionParams": {"externalId": "CK-1"}}}
# About 80 bytes each.
_MANY = {
    "params": {
        "documents": [
            {"id": f"doc-{n:06d}", "message": "hello, world", "count": n, "level": "information"}
            for n in range(10_000)
        ]
    }
}

_JIRA_REQUESTS = {
    "create": "POST issue",
    "get": "GET issue",
    "key": "key = CK-7",
    "labels": "labels = rare",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A ratio and its bar, if it has one: at least `bar`, or at most when `ceiling`."""

    what: str
    ratio: float
    bar: float | None = None
    ceiling: bool = False

    def __str__(self) -> str:
        if self.bar is None:
            return f"{self.what:<58} {self.ratio:6.2f}"
        sign = "<=" if self.ceiling else ">="
        met = self.ratio <= self.bar if self.ceiling else self.ratio >= self.bar
        return f"{self.what:<58} {self.ratio:6.2f}  {sign} {self.bar:<5} {'' if met else 'MISSED'}"


def requests_a_second() -> list[Row]:
    """Measure what goes over a socket."""
    run = "/api/actions/connector/{}/_execute"
    with ExitStack() as stack:
        port = {
            name: stack.enter_context(serving(name))
            for name in ("echo", "echo-werkzeug", "mock", "no-journal", "secured")
        }
        one = interleaved(
            {
                "echo": lambda: load(port["echo"], request("/echo", _MESSAGE)),
                "werkzeug": lambda: load(port["echo-werkzeug"], request("/echo", _MESSAGE)),
                "log": lambda: load(port["mock"], request(run.format(LOG_ID), _MESSAGE)),
                "quiet": lambda: load(port["no-journal"], request(run.format(LOG_ID), _MESSAGE)),
                "basic": lambda: load(
                    port["secured"], request(run.format(LOG_ID), _MESSAGE, _USER)
                ),
                "basic-index": lambda: load(
                    port["secured"], request(run.format(INDEX_ID), _ONE, _USER)
                ),
                "index": lambda: load(port["mock"], request(run.format(INDEX_ID), _ONE)),
                "types": lambda: load(port["mock"], request(run.format(JIRA_ID), _TYPES)),
                "push": lambda: load(port["mock"], request(run.format(JIRA_ID), _PUSH)),
                "incident": lambda: load(port["mock"], request(run.format(JIRA_ID), _INCIDENT)),
            },
            "requests",
        )
    # Fresh servers: an index of many documents costs memory, and that must hurt nobody else.
    with ExitStack() as stack:
        port = {name: stack.enter_context(serving(name)) for name in ("floor", "mock", "mock-db")}
        many = request(run.format(INDEX_ID), _MANY)
        bulk = interleaved(
            {
                "floor": lambda: load(port["floor"], request("/echo", _MANY)),
                "mock": lambda: load(port["mock"], many),
                "mock-db": lambda: load(port["mock-db"], many),
            },
            "bulk",
        )
    return [
        Row("run of a server log / echo on our server", one["log"] / one["echo"], 0.6),
        Row("run of a server log / echo on Werkzeug's server", one["log"] / one["werkzeug"], 2.5),
        Row("run of a server log, with the journal / without", one["log"] / one["quiet"], 0.9),
        Row("run of a server log, time with Basic / without", one["log"] / one["basic"], 1.1, True),
        Row(
            "run of an index, time with Basic / without",
            one["index"] / one["basic-index"],
            1.1,
            True,
        ),
        Row("run of an index, 1 document / echo on our server", one["index"] / one["echo"], 0.5),
        Row("run of a Jira, issueTypes / echo on our server", one["types"] / one["echo"]),
        Row("run of a Jira, pushToService / echo on our server", one["push"] / one["echo"]),
        Row("run of a Jira, getIncident / echo on our server", one["incident"] / one["echo"]),
        Row("run of an index, 10,000 documents / floor", bulk["mock"] / bulk["floor"], 0.3),
        Row("the same with --db / floor", bulk["mock-db"] / bulk["floor"], 0.25),
    ]


def store() -> list[Row]:
    """Compare the store at 100,000 documents with the store at 100."""
    small = store_operations(store_with(100))
    large = store_operations(store_with(100_000))
    times = interleaved(
        {
            f"{size} {name}": measure
            for size, operations in (("s", small), ("l", large))
            for name, measure in operations.items()
        },
        "store",
    )
    return [
        Row(
            f"store: {name} at 100,000 documents / at 100",
            times[f"l {name}"] / times[f"s {name}"],
            bar,
            ceiling=True,
        )
        for name, bar in (("insert", 1.25), ("get", 2.0), ("update", 1.5))
    ]


def jira() -> list[Row]:
    """Compare a site with 20,000 issues with one of 100, and a search with a loop in Python."""
    times = interleaved({"s": pushes(100), "l": pushes(20_000)}, "jira")
    what = "pushToService at 20,000 issues / at 100"
    rows = [Row(what, times["l"] / times["s"], 1.5, ceiling=True)]
    few, many = JiraSite(100), JiraSite(20_000)
    measured = {f"s {name}": each for name, each in few.measurements().items()}
    measured |= {f"l {name}": each for name, each in many.measurements().items()}
    times = interleaved({**measured, "search": many.search(), "plain": many.plain()}, "jira http")
    for name, what in _JIRA_REQUESTS.items():
        ratio = times[f"l {name}"] / times[f"s {name}"]
        rows.append(Row(f"{what} at 20,000 issues / at 100", ratio, 1.5, ceiling=True))
    what = "summary ~ at 20,000 issues / a plain loop"
    return [*rows, Row(what, times["search"] / times["plain"], 3.0, ceiling=True)]


def outbox() -> list[Row]:
    """Compare a run of a webhook with one of a server log, and late deliveries with early ones."""
    run = "/api/actions/connector/{}/_execute"
    hook = {"params": {"body": '{"text": "hello, world"}'}}
    with serving("webhook") as port:
        runs = interleaved(
            {
                "log": lambda: load(port, request(run.format(LOG_ID), _MESSAGE)),
                "hook": lambda: load(port, request(run.format("hook"), hook)),
            },
            "webhook",
        )
    times = interleaved({"s": deliveries(0), "l": deliveries(10_000)}, "deliveries")
    return [
        Row("run of a webhook, time / of a server log", runs["log"] / runs["hook"], 1.3, True),
        Row("a delivery after 10,000 others / the first ones", times["l"] / times["s"], 1.1, True),
    ]


def growth() -> list[Row]:
    """Compare what an item takes of a request with 10,000 with what it takes of one with 100."""
    small, large = growing(100), growing(10_000)
    times = interleaved(
        {
            f"{size} {name}": measure
            for size, measures in (("s", small), ("l", large))
            for name, measure in measures.items()
        },
        "growth",
    )
    return [
        Row(
            f"{name} in one request, each: 10,000 / 100",
            times[f"l {name}"] / times[f"s {name}"],
            1.5,
            ceiling=True,
        )
        for name in small
    ]


def search() -> list[Row]:
    """Compare searches of 100,000 documents with those of 1,000, and with a loop."""
    times = interleaved({**bulks(), **by_size(), **scanning()}, "search")
    rows = [Row("floor / bulk of 10,000 documents over HTTP", times["floor"] / times["bulk"], 0.15)]
    rows += [
        Row(
            f"{name} at 100,000 documents / at 1,000",
            times[f"l {name}"] / times[f"s {name}"],
            bar,
            ceiling=True,
        )
        for name, bar in (("get by id", 1.5), ("term on a keyword", 5), ("range on a date", 5))
    ]
    scans = (("match", "matching loop"), ("terms", "counting loop"))
    return rows + [
        Row(
            f"{name} over 100,000 documents / a loop over dicts",
            times[name] / times[loop],
            6,
            ceiling=True,
        )
        for name, loop in scans
    ]


def kit() -> list[Row]:
    """Compare what the test kit does with what it is likened to."""
    suite = interleaved(suites(), "suites")
    reset = interleaved(resets(), "resets")
    large = interleaved(large_resets(), "large")
    life = fastest(servers(), "servers")
    caught = interleaved(interceptions(), "caught")
    return [
        Row(
            "200 tests with mock_kibana / with httpserver",
            suite["ours"] / suite["theirs"],
            1.2,
            ceiling=True,
        ),
        Row(
            "reset in process / call of Flask's test client",
            reset["reset"] / reset["call"],
            0.2,
            ceiling=True,
        ),
        Row(
            "reset at 100,000 documents / of an empty world",
            large["large"] / large["small"],
            1.5,
            ceiling=True,
        ),
        Row(
            "start, call and stop of a server / call that connects",
            life["whole life"] / life["call"],
            5,
            ceiling=True,
        ),
        Row(
            "call intercepted / answered by responses",
            caught["ours"] / caught["theirs"],
            2,
            ceiling=True,
        ),
    ]


def start() -> list[Row]:
    """Compare the start with that of a bare Flask app."""
    times = interleaved(start_rivals(), "start")
    return [
        Row(
            "start to first answer / bare Flask app",
            times["mock"] / times["bare"],
            1.6,
            ceiling=True,
        )
    ]


def first() -> list[Row]:
    """Compare what first requests to Elasticsearch import with Flask: of 65 ms, 20 and 30."""
    times = interleaved(imports(), "imports")
    return [
        Row(f"imports of a first {name} / of Flask", times[key] / times["flask"], bar, ceiling=True)
        for key, name, bar in (("bulk", "bulk", 0.3), ("search", "search of a term", 0.45))
    ]


_GROUPS = {
    "requests": requests_a_second,
    "store": store,
    "jira": jira,
    "outbox": outbox,
    "growth": growth,
    "search": search,
    "kit": kit,
    "start": start,
    "imports": first,
}


@click.command()
@click.argument("groups", nargs=-1, type=click.Choice([*_GROUPS, "stop"]))
def main(groups: tuple[str, ...]) -> None:
    """Measure the groups of rows, or all of them, and print the table."""
    chosen = groups or (*_GROUPS, "stop")
    lines = [str(row) for group in chosen if group in _GROUPS for row in _GROUPS[group]()]
    if "stop" in chosen:
        stop = interleaved({"stop": stop_seconds}, "stop")["stop"]
        lines.append(f"stop with 20 idle and slow connections: {stop * 1000:.1f} ms")
    click.echo("\n" + "\n".join(lines))


if __name__ == "__main__":
    main()
