"""What mockkibana is compared with, one process each: `python -m bench.servers NAME`."""

from __future__ import annotations

import gc
import json
import sys
from collections.abc import Callable
from itertools import count

from flask import Flask, Response, request


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
    serials = count()
    gc.set_threshold(100_000, 20, 100)  # as `mockkibana serve` does

    @app.post("/echo")
    def _floor() -> Response:
        items = []
        body = json.loads(request.get_data())
        for document in body["params"]["documents"]:
            number = next(serials)
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


NAMES: dict[str, Callable[[], None]] = {
    "echo": lambda: _on_ours(echo()),
    "echo-werkzeug": lambda: _on_werkzeugs(echo()),
    "floor": lambda: _on_ours(bulk_floor()),
}


if __name__ == "__main__":
    NAMES[sys.argv[1]]()
