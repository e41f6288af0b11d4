"""Odd connectors, runs and answers of every type: each is refused, fails, or goes well.

What is right of a type comes from its sample and from the recorded answers of Kibana's validation;
most of it is bent before it is sent, and so is what a third party answers.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from flask.testing import FlaskClient

from mockkibana.app import create_app
from mockkibana.connectors.catalog import ConnectorTypes
from mockkibana.outbound.party import Party
from mockkibana.settings import Settings
from mockkibana.testing.sent import KINDS, Sent
from mockkibana.world import World
from soak.grammar import ODD, RATES, bent
from soak.samples import SAMPLES

CONNECTOR = "/api/actions/connector"
TYPES = tuple(SAMPLES)
VERSIONS = ("8.19.0", "9.3.0", Settings().kibana_version)

_HEADERS = {"kbn-xsrf": "true", "x-elastic-internal-origin": "kibana"}
_PARTS = ("config", "secrets", "params", "subaction")
_STATUSES = (200, 200, 201, 204, 302, 400, 401, 403, 404, 409, 429, 500, 503)
# What some third party says; whatever is asked, it may be of another's kind.
_BODIES: tuple[Any, ...] = (
    *ODD,
    {"id": "1", "key": "K-1", "result": {"sys_id": "1", "number": "INC1"}, "ok": True},
    {"result": [{"sys_id": "1", "display_value": "x", "transform_map": "y"}], "errors": [{}]},
    {"choices": [{"message": {"content": "x", "tool_calls": [{"function": {}}]}}], "usage": {}},
    {"content": [{"type": "text", "text": "x"}], "candidates": [{"content": {"parts": [{}]}}]},
    {"access_token": "x", "token_type": "bearer", "expires_in": 3600, "data": [{"id": 1}]},
    'data: {"choices":[{"delta":{"content":"x"}}]}\n\ndata: [DONE]\n\n',
)
_VECTORS = Path(__file__).parent.parent / "tests" / "vectors" / "validation-8.19.jsonl"


class Types:
    """A world of a version of Kibana, and connectors of all types in it, made and run."""

    def __init__(self, version: str) -> None:
        self.world = World(Settings(kibana_version=version))
        self._client: FlaskClient = create_app(self.world).test_client()
        release = self.world.settings.release
        #: The types that the version has.
        self.ids = [each for each in TYPES if _types().registered(each, release) is not None]

    def attempt(self, type_id: str, random: Random, **parts: Any) -> str | None:
        """Make a connector, run it, and look at what it sent; return what went wrong, or None.

        Of `config`, `secrets` and `params` those are bent from what is right that are not given.
        """
        right = _right()[type_id]
        asked = {each: _odd(random, random.choice(right[each])) for each in _PARTS[:3]} | parts
        try:
            self._attempt(type_id, random, asked)
        except _Wrong as problem:
            self.world.bugs.clear()
            return f"{type_id}: {problem}: {json.dumps(asked)}"
        finally:
            self.world.reset()
        return None

    def close(self) -> None:
        """Forget the world."""
        self.world.close()

    def _attempt(self, type_id: str, random: Random, asked: dict[str, Any]) -> None:
        id_ = self._create(type_id, asked["config"], asked["secrets"])
        release = self.world.settings.release
        if self.world.connector_types.registered(type_id, release) is None:
            return  # which is refused with 400
        if id_ is None:
            id_ = self._create(type_id, *SAMPLES[type_id])
            if id_ is None:
                raise _Wrong("the sample is refused")
        asked["answer"] = self._bend_the_party(type_id, random)
        self._ask(f"{CONNECTOR}/{id_}/_execute", {"params": asked["params"]})
        for delivery in self.world.outbox.list():
            view: Any = KINDS.get(type_id, Sent).of(delivery)  # type: ignore[arg-type]
            str(view)

    def _create(self, type_id: str, config: Any, secrets: Any) -> str | None:
        body = {"name": "x", "connector_type_id": type_id, "config": config, "secrets": secrets}
        found: str | None = self._ask(CONNECTOR, body).get("id")
        return found

    def _bend_the_party(self, type_id: str, random: Random) -> Any:
        """Let the party answer oddly, mostly; return what, None for as ever."""
        known: Any = _types().get(type_id)
        if not isinstance(known.party, Party) or random.random() < 0.4:
            return None
        what: dict[str, Any] = {"status": random.choice(_STATUSES)}
        if what["status"] != 204 and random.random() < 0.8:
            what["body"] = _odd(random, random.choice(_BODIES))
        self.world.faults.add({"match": {"backend": known.party.name}, "what": what})
        return what

    def _ask(self, url: str, body: Any) -> Any:
        """Ask, and return what is answered: a run, a connector, or a refusal of Kibana's."""
        answer = self._client.post(url, json=body, headers=_HEADERS)
        if self.world.bugs:
            raise _Wrong(f"a bug: {self.world.bugs[-1].strip().splitlines()[-1]}")
        told = answer.get_json(silent=True)
        if answer.status_code == 400 and isinstance(told, dict) and told.get("statusCode") == 400:
            return told
        if answer.status_code != 200 or not isinstance(told, dict):
            raise _Wrong(f"{answer.status_code}: {answer.text[:200]}")
        if url.endswith("_execute") and told.get("status") not in ("ok", "error"):
            raise _Wrong(f"no result of a run: {answer.text[:200]}")
        return told


def fuzz(minutes: float, seed: int = 1) -> list[str]:
    """Try all types for so long, one after the other; return what went wrong."""
    from mockkibana.clock import monotonic

    random, problems, number = Random(seed), list[str](), 0
    worlds = [Types(version) for version in VERSIONS]
    end = monotonic() + minutes * 60
    while monotonic() < end and len(problems) < 100:
        types = worlds[number % len(worlds)]
        problem = types.attempt(random.choice(types.ids), random)
        number += 1
        if problem is not None:
            problems.append(f"{types.world.settings.kibana_version}: {problem}"[:600])
    for types in worlds:
        types.close()
    print(f"types: {number} connectors and runs, {len(problems)} problems")
    return problems


class _Wrong(Exception):
    """An answer that Kibana would not give."""


def _odd(random: Random, value: Any) -> Any:
    return bent(random, value, random.choice((*RATES, 1.0)))


@cache
def _types() -> ConnectorTypes:
    return ConnectorTypes()


@cache
def _right() -> dict[str, dict[str, list[Any]]]:
    """Return what is right of each type, by part: what is known, and what Kibana has taken."""
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for type_id, (config, secrets) in SAMPLES.items():
        known: Any = _types().get(type_id)
        found[type_id]["config"] += [config] * 5
        found[type_id]["secrets"] += [secrets] * 5
        found[type_id]["params"].append(known.example)
        for name in getattr(known, "sub_actions", ()):
            found[type_id]["params"].append({"subAction": name, "subActionParams": {}})
    for text in _VECTORS.read_text("utf-8").split(os.linesep):
        line = json.loads(text) if text else {}
        if "ok" in line and line["part"] in _PARTS and line["type"] in found:
            part = "params" if line["part"] == "subaction" else line["part"]
            found[line["type"]][part].append(line["value"])
    return found
