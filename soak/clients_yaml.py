"""`make clients-yaml SUITE=DIRECTORY`: runs the YAML tests that Elastic's clients share.

They are in elastic/elasticsearch-clients-tests, which whoever runs this has a copy of. Each test is
run by the official Python client, over a socket, in a world of its own.
"""

from __future__ import annotations

import re
import sys
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import yaml
from elastic_transport import ApiError as TransportApiError
from elasticsearch import ApiError, Elasticsearch

from mockkibana.app import create_app
from mockkibana.server import Server
from mockkibana.world import World

#: What of the suite is about things that this mock has not, by the beginning of a file's path.
OUT_OF_SCOPE = {
    "cat/shards": "asks an empty cluster, where a node has indices of its own",
    "cat/transform": "transforms",
    "cluster/voting_config": "one node has nobody to vote with",
    "connector/": "connectors of Elasticsearch itself",
    "dangling_indices": "a node of memory has no dangling indices",
    "enrich/": "enrich policies",
    "entsearch": "Enterprise Search",
    "eql": "EQL",
    "esql/": "ES|QL",
    "fleet": "Fleet",
    "graph": "graph exploration",
    "inference": "inference endpoints",
    "indices/data_streams_options": "failure stores",
    "indices/downsample": "downsampling",
    "indices/field_usage": "statistics of Lucene's files",
    "indices/flush": "flushes are not counted",
    "indices/stats": "asks an empty cluster, where a node has indices of its own",
    "ingest/10_basic": "asks for the patterns of grok",
    "ingest/20_geoip": "geographical databases",
    "ingest/30_ip_location": "geographical databases",
    "license/10_stack": "installs a signed licence",
    "indices/disk_usage": "statistics of Lucene's files",
    "logstash": "Logstash's pipelines",
    "machine_learning/": "machine learning",
    "migration/": "migrations of old indices",
    "msearch_template": "templates in Mustache",
    "mtermvectors": "term vectors",
    "monitoring": "monitoring",
    "profiling": "profiling",
    "query_rules/": "query rules",
    "rank_eval": "evaluation of rankings",
    "script/20": "the contexts of scripts",
    "search_application": "search applications",
    "search_mvt": "vector tiles",
    "searchable_snapshots": "snapshots",
    "search_template": "templates in Mustache",
    "security/": "tested by tests/clients, with security on",
    "simulate": "the simulation of whole ingests",
    "slm": "snapshots",
    "snapshot": "snapshots",
    "sql": "SQL",
    "ssl": "a mock has no certificates",
    "streams": "streams",
    "synonyms": "synonym sets",
    "termvectors": "term vectors",
    "text_structure": "text structures",
    "transform/": "transforms",
    "watcher": "Watcher",
}

_STATUS = {"missing": 404, "conflict": 409, "unauthorized": 401, "forbidden": 403}
_STATUS |= {"bad_request": 400, "param": 400}
_RENAMED = {"from": "from_"}


class Mismatch(Exception):
    """An answer is not as a test expects it."""


class Left(Exception):
    """A test cannot be run by this client."""


class Run:
    """One test: its steps, and what they have kept for later ones."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._kept: dict[str, Any] = {}
        self._answer: Any = None

    def steps(self, steps: list[dict[str, Any]]) -> None:
        """Run steps. Raises `Mismatch`, `Left`, and what the client raises."""
        for step in steps:
            for name, value in step.items():
                getattr(self, f"_{name}")(value)

    def _do(self, action: dict[str, Any]) -> None:
        action = dict(action)
        catch = action.pop("catch", None)
        for key in ("headers", "warnings", "allowed_warnings", "allowed_warnings_regex"):
            action.pop(key, None)
        [(name, arguments)] = action.items()
        arguments = {_RENAMED.get(k, k): self._filled(v) for k, v in (arguments or {}).items()}
        ignored = arguments.pop("ignore", ())
        client = self._client.options(ignore_status=ignored) if ignored else self._client
        api: Any = client
        for part in name.split("."):
            api = getattr(api, part, None)
            if api is None:
                raise Left(f"the client has no {name}")
        body = arguments.get("body")
        if isinstance(body, str) and body.strip().startswith("{") and body.count("\n{") < 2:
            body = arguments["body"] = yaml.load(body, _Loader)
        if isinstance(body, dict) and body.keys() & arguments.keys():
            raise Left(f"the client takes a parameter of {name} once")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                answer = api(**arguments)
        except TypeError as error:
            raise Left(f"{name}: {error}") from None
        except (ApiError, TransportApiError) as error:
            self._caught(name, catch, error)
            return
        if catch is not None:
            raise Mismatch(f"{name} should have failed: {catch}")
        self._answer = answer.body if hasattr(answer, "body") else bool(answer)

    def _caught(self, name: str, catch: str | None, error: Any) -> None:
        self._answer = error.body
        if catch is None:
            raise Mismatch(f"{name}: {error.meta.status} {str(error.body)[:300]}")
        if catch[0] == "/":
            if not re.search(catch[1:-1], str(error.body)):
                raise Mismatch(f"{name}: {error.body} has not {catch}")
        elif catch in _STATUS and _STATUS[catch] != error.meta.status:
            raise Mismatch(f"{name}: {error.meta.status} is not {catch}")

    def _skip(self, reason: Any) -> None:
        features = reason.get("features", ()) if isinstance(reason, dict) else ()
        if "node_selector" in features:
            raise Left("node_selector")

    def _requires(self, _: Any) -> None: ...

    def _set(self, kept: dict[str, str]) -> None:
        for path, name in kept.items():
            self._kept[name] = self._at(path)

    def _match(self, expected: dict[str, Any]) -> None:
        for path, value in expected.items():
            found, wanted = self._at(path), self._filled(value)
            if (
                isinstance(wanted, str)
                and len(wanted) > 1
                and wanted[0] == wanted.strip()[-1] == "/"
            ):
                pattern = re.compile(wanted.strip()[1:-1], re.VERBOSE | re.MULTILINE)
                if not pattern.search(str(found)):
                    raise Mismatch(f"{path}: {str(found)[:200]!r} has not {wanted[:200]!r}")
            elif found != wanted:
                raise Mismatch(f"{path}: {str(found)[:300]!r} is not {wanted!r}")

    def _length(self, expected: dict[str, int]) -> None:
        for path, value in expected.items():
            if len(self._at(path)) != self._filled(value):
                raise Mismatch(f"{path} has {len(self._at(path))}, not {value}")

    def _contains(self, expected: dict[str, Any]) -> None:
        for path, value in expected.items():
            if self._filled(value) not in self._at(path):
                raise Mismatch(f"{path} has not {value}")

    def _exists(self, path: str) -> None:
        self._at(path)

    def _is_true(self, path: str) -> None:
        if self._at(path) in ("", None, False, 0):
            raise Mismatch(f"{path} is not true")

    def _is_false(self, path: str) -> None:
        try:
            found = self._at(path)
        except Mismatch:
            return
        if found not in ("", None, False, 0, "false"):
            raise Mismatch(f"{path} is {found}")

    def _compare(self, expected: dict[str, Any], test: Any) -> None:
        for path, value in expected.items():
            if not test(self._at(path), self._filled(value)):
                raise Mismatch(f"{path}: {self._at(path)} against {value}")

    def _gt(self, expected: dict[str, Any]) -> None:
        self._compare(expected, lambda a, b: a > b)

    def _gte(self, expected: dict[str, Any]) -> None:
        self._compare(expected, lambda a, b: a >= b)

    def _lt(self, expected: dict[str, Any]) -> None:
        self._compare(expected, lambda a, b: a < b)

    def _lte(self, expected: dict[str, Any]) -> None:
        self._compare(expected, lambda a, b: a <= b)

    def _transform_and_set(self, _: Any) -> None:
        raise Left("transform_and_set")

    def _filled(self, value: Any) -> Any:
        """Return a value in which `$name` stands for what was kept."""
        if isinstance(value, dict):
            return {self._filled(key): self._filled(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner) for inner in value]
        if not isinstance(value, str) or "$" not in value:
            return value
        if value.strip("${}") in self._kept and value.startswith("$"):
            return self._kept[value.strip("${}")]
        return re.sub(r"\$\{(\w+)\}", lambda match: str(self._kept.get(match[1], match[0])), value)

    def _at(self, path: str) -> Any:
        """Return what of the answer is at a path. Raises `Mismatch` where nothing is."""
        value = self._answer
        if path == "$body" or not path:
            return value
        if path.startswith("$") and not path.startswith("$body"):
            whole = self._filled(path)
            if whole != path:
                return whole
        for part in re.split(r"(?<!\\)\.", path.removeprefix("$body.")):
            key = self._filled(part.replace("\\.", "."))
            if key == "_arbitrary_key_":
                return next(iter(value))
            if isinstance(value, list) and str(key).isdecimal() and int(key) < len(value):
                value = value[int(key)]
            elif isinstance(value, dict) and str(key) in value:
                value = value[str(key)]
            else:
                raise Mismatch(f"{path} is not there: {str(self._answer)[:200]}")
        return value


class _Loader(yaml.SafeLoader):
    """Reads dates as texts."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:timestamp"]
    for key, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def tests(path: Path) -> Iterator[tuple[str, list[Any], list[Any]]]:
    """Yield the tests of a file that are for a stack: name, steps, and those that clean up."""
    parts = [part for part in yaml.load_all(path.read_text(), _Loader) if part]
    known = {name: value for part in parts for name, value in part.items()}
    if not known.get("requires", {}).get("stack", True):
        return
    for name, steps in known.items():
        if name not in ("requires", "setup", "teardown"):
            yield str(name), [*(known.get("setup") or []), *steps], known.get("teardown") or []


def outcome(steps: list[Any], teardown: list[Any]) -> tuple[str, str]:
    """Run a test; returns `passed`, `failed` or `left out`, and why."""
    with Server(create_app(World()), port=0) as server:
        client = Elasticsearch(f"{server.url}/_mock/elasticsearch", request_timeout=20)
        try:
            run = Run(client)
            run.steps(steps)
            run.steps(teardown)
        except Left as left:
            return "left out", str(left)
        except Exception as error:  # noqa: BLE001 - whatever it is, it fails the test
            return "failed", f"{type(error).__name__}: {error}"
        finally:
            client.close()
    return "passed", ""


@click.command()
@click.argument("directory", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--only", default="", help="Run the files whose path begins with this.")
def main(directory: Path, only: str) -> None:
    """Run the suite in DIRECTORY; say what passes, and fail where less than nine in ten do."""
    root = directory / "tests" if (directory / "tests").is_dir() else directory
    counts: Counter[str] = Counter()
    for path in sorted(root.rglob("*.y*ml")):
        name = path.relative_to(root).as_posix()
        if not name.startswith(only):
            continue
        why = next((why for start, why in OUT_OF_SCOPE.items() if name.startswith(start)), None)
        for test, steps, teardown in tests(path):
            result, told = ("out of scope", why) if why else outcome(steps, teardown)
            counts[result] += 1
            if result != "passed":
                click.echo(f"{result}: {name}: {test}: {told}")
    inside = counts["passed"] + counts["failed"]
    click.echo(f"{counts['passed']} of {inside} in scope pass; {dict(counts)}")
    if counts["passed"] < 0.9 * inside:
        sys.exit(1)


if __name__ == "__main__":
    main()
