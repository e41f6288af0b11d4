"""Index lifecycle policies: kept and told of; no index moves on because of one."""

from __future__ import annotations

from typing import Any

from mockkibana.clock import Clock, iso
from mockkibana.data import data
from mockkibana.elasticsearch.cluster.templates import IndexTemplates
from mockkibana.elasticsearch.errors import illegal_argument, resource_not_found
from mockkibana.elasticsearch.indices import templates
from mockkibana.elasticsearch.indices.indices import DATA_STREAMS, INDICES, Index
from mockkibana.elasticsearch.mapping import dates
from mockkibana.json import Json
from mockkibana.store import Store
from mockkibana.wildcards import wildcard

#: {name: {version, modified_date, policy}}, and under `_mode` whether it is stopped
POLICIES = "elasticsearch.lifecycle_policies"
SETTING = "index.lifecycle.name"

_PHASES = ("hot", "warm", "cold", "frozen", "delete")
_SHIPPED_AT = "2023-11-14T22:13:20.000Z"


class Lifecycles:
    """Puts, finds and deletes policies; those that a node ships are there, whatever is deleted."""

    def __init__(self, store: Store, index_templates: IndexTemplates, clock: Clock) -> None:
        self._store = store
        self._templates = index_templates
        self._clock = clock

    def _all(self) -> dict[str, Any]:
        shipped = {
            name: {"version": 1, "modified_date": _SHIPPED_AT, "policy": policy}
            for name, policy in data("elasticsearch_templates")["policies"].items()
        }
        return {**shipped, **self._store.table(POLICIES).rows()}

    def get(self, name: str | None) -> dict[str, Json]:
        """Return all policies, or those of a list of names and wildcards, as the API shows them.

        Raises `resource_not_found_exception`.
        """
        known = self._all()
        parts = ["*"] if name is None else name.split(",")
        if missing := [each for each in parts if "*" not in each and each not in known]:
            raise resource_not_found(f"Lifecycle policy not found: [{','.join(missing)}]")
        tests = list(map(wildcard, parts))
        wanted = [each for each in known if any(test(each) for test in tests)]
        return {each: {**known[each], "in_use_by": self._users(each)} for each in wanted}

    def put(self, name: str, policy: dict[str, Json]) -> None:
        """Put a policy. Raises `ElasticsearchError` for a phase that there is not."""
        phases = policy.get("phases", {})
        for phase in phases if isinstance(phases, dict) else [phases]:
            if phase not in _PHASES:
                raise illegal_argument(f"Timeseries lifecycle does not support phase [{phase}]")
        for phase in phases.values():
            if isinstance(phase, dict):
                phase.setdefault("min_age", "0ms")
        with self._store.transaction() as transaction:
            version = self._all().get(name, {}).get("version", 0) + 1
            time = iso(self._clock.now())
            record = {"version": version, "modified_date": time, "policy": policy}
            transaction.put(POLICIES, {name: record})

    def delete(self, name: str) -> None:
        """Delete a policy that nothing uses. Raises `ElasticsearchError`."""
        if name not in self._all():
            raise resource_not_found(f"Lifecycle policy not found: {name}")
        users = self._users(name)["indices"]
        if users:
            raise illegal_argument(
                f"Cannot delete policy [{name}]. It is in use by one or more indices: "
                f"[{', '.join(users)}]"
            )
        with self._store.transaction() as transaction:
            transaction.remove(POLICIES, [name])

    def _users(self, name: str) -> dict[str, list[str]]:
        indices = self._store.table(INDICES).rows()
        used = [each for each, record in indices.items() if record["settings"].get(SETTING) == name]
        components = self._templates.components()
        return {
            "indices": used,
            "data_streams": [
                stream
                for stream, record in self._store.table(DATA_STREAMS).rows().items()
                if record["indices"][-1] in used
            ],
            "composable_templates": [
                each
                for each, template in self._templates.composable().items()
                if _policy_of(template, components) == name
            ],
        }

    @property
    def is_stopped(self) -> bool:
        """Whether somebody has stopped the management of lifecycles."""
        return self._store.table(f"{POLICIES}_mode").row("mode") is not None

    def stop(self, *, stopped: bool) -> None:
        """Stop the management of lifecycles, or start it."""
        with self._store.transaction() as transaction:
            if stopped:
                transaction.put(f"{POLICIES}_mode", {"mode": {"stopped": True}})
            else:
                transaction.remove(f"{POLICIES}_mode", ["mode"])

    def explain(self, index: Index) -> Json:
        """Return where an index is in the life that its policy describes: at its beginning."""
        policy = index.settings.get(SETTING)
        if policy is None:
            return {"index": index.name, "managed": False}
        known = self._all().get(str(policy))
        created = index.creation_date
        age = f"{max(0, self._clock.milliseconds() - created) / 1000:.2f}s"
        told: dict[str, Json] = {
            "index": index.name,
            "managed": True,
            "policy": policy,
            "index_creation_date_millis": created,
            "time_since_index_creation": age,
            "lifecycle_date_millis": created,
            "age": age,
        }
        if known is None:
            text = f"policy [{policy}] does not exist"
            return {
                **told,
                "step": "ERROR",
                "step_info": {"type": "illegal_argument_exception", "reason": text},
            }
        phases = known["policy"].get("phases", {})
        phase = next((each for each in _PHASES if each in phases), "new")
        return {
            **told,
            "phase": phase,
            "phase_time_millis": created,
            "action": "complete",
            "action_time_millis": created,
            "step": "complete",
            "step_time_millis": created,
            "phase_execution": {
                "policy": policy,
                "phase_definition": phases.get(phase),
                "version": known["version"],
                "modified_date_in_millis": dates.parse(known["modified_date"]),
            },
        }


def _policy_of(template: Json, components: templates.Templates) -> Json:
    return templates.merged(templates.composed(template, components)).settings.get(SETTING)
