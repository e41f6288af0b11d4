"""Tasks: what requests that nobody waited for have come to."""

from __future__ import annotations

from mockkibana.elasticsearch.cluster import nodes
from mockkibana.elasticsearch.errors import ElasticsearchError, illegal_argument, resource_not_found
from mockkibana.json import Json
from mockkibana.store import Store

_TABLE = "elasticsearch.tasks"


class Tasks:
    """Keeps the results of tasks, all of which are completed when their ids are told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def next_number(self) -> int:
        """Return the number of a new task."""
        with self._store.transaction() as transaction:
            return int(transaction.next_id(_TABLE))

    def complete(
        self,
        action: str,
        description: str,
        status: Json,
        result: dict[str, Json],
        *,
        start: int,
        took: int,
    ) -> str:
        """Keep what a task has come to, a `response` or an `error`, and return its id."""
        number = self.next_number()
        task: dict[str, Json] = {
            "node": nodes.ID,
            "id": number,
            "type": "transport",
            "action": action,
            "status": status,
            "description": description,
            "start_time_in_millis": start,
            "running_time_in_nanos": took * 1_000_000,
            "cancellable": True,
            "cancelled": False,
            "headers": {},
        }
        with self._store.transaction() as transaction:
            transaction.put(_TABLE, {str(number): {"completed": True, "task": task, **result}})
        return f"{nodes.ID}:{number}"

    def get(self, id: str) -> Json:  # noqa: A002
        """Return a task as `GET /_tasks/{id}` shows it. Raises `ElasticsearchError`."""
        node, number = split(id)
        found = self._store.table(_TABLE).row(str(number)) if node == nodes.ID else None
        if found is None:
            raise resource_not_found(f"task [{id}] isn't running and hasn't stored its results")
        return found


def split(id: str) -> tuple[str, int]:  # noqa: A002
    """Return the node and the number of a task's id. Raises `illegal_argument_exception`."""
    node, colon, number = id.rpartition(":")
    if not colon or not node or not number.isdecimal() or len(number) > 18:
        raise illegal_argument(f"malformed task id {id}")
    return node, int(number)


def not_there(node: str) -> Json:
    """Return what `nodes` APIs answer about a task of a node that is not there."""
    error = ElasticsearchError(500, "no_such_node_exception", f"No such node [{node}]")
    failure = {
        "type": "failed_node_exception",
        "reason": f"Failed node [{node}]",
        "node_id": node,
        "caused_by": {**error.item(), "node_id": node},
    }
    return {"node_failures": [failure], "nodes": {}}
