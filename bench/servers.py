"""The servers that the bench compares, one process each: `python -m bench.servers NAME`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from flask import Flask, Response, request

from mockkibana.json import loads

LOG_ID = "7fc7b9a0-ecc9-11ec-8736-e7d63118c907"
INDEX_ID = "c55b6eb0-6bad-11eb-9f3b-611eebc6c3ad"


def echo() -> Flask:
    """Return the floor of every view: a POST that answers what it got."""
    app = Flask("echo")

    @app.post("/echo")
    def _echo() -> Response:
        return request.get_json()

    return app


def bulk_floor() -> Flask:
    """Return what an index run cannot do without: read, keep each document, answer in text."""
    app = Flask("floor")
    documents: dict[str, object] = {}

    @app.post("/echo")
    def _floor() -> Response:
        items = []
        for number, document in enumerate(loads(request.get_data())["params"]["documents"]):
            key = f"{number:020d}"
            documents[key] = document
            items.append(
                f'{{"index":{{"_index":"test-index","_id":"{key}","_version":1,"result":"created",'
                f'"_shards":{{"total":2,"successful":1,"failed":0}},"_seq_no":{number},'
                '"_primary_term":1,"status":201}}'
            )
        body = f'{{"status":"ok","data":{{"errors":false,"items":[{",".join(items)}]}}}}'
        return Response(body, content_type="application/json")

    return app


def mock(db: Path | None = None) -> Flask:
    """Return mockkibana with the demo connectors."""
    from mockkibana.app import create_app
    from mockkibana.seeds import demo_seed
    from mockkibana.world import World

    return create_app(World(db=db, seeds=[demo_seed()]))


def _on_ours(app: Flask) -> None:
    from mockkibana.server import Server

    server = Server(app, port=0)
    print(server.port, flush=True)
    server.run()


def _on_werkzeugs(app: Flask) -> None:
    import logging

    from werkzeug.serving import make_server

    logging.getLogger("werkzeug").disabled = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    print(server.port, flush=True)
    server.serve_forever()


def _with_db() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _on_ours(mock(Path(folder, "db")))


NAMES: dict[str, Callable[[], None]] = {
    "echo": lambda: _on_ours(echo()),
    "echo-werkzeug": lambda: _on_werkzeugs(echo()),
    "floor": lambda: _on_ours(bulk_floor()),
    "mock": lambda: _on_ours(mock()),
    "mock-db": _with_db,
}


def main() -> None:
    """Serve until standard input ends, so that no server outlives the bench."""
    Thread(target=NAMES[sys.argv[1]], daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
