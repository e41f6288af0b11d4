"""`python -m bench.calls [tree]`: how many of our functions a run calls, also in another tree."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import FrameType
from typing import Any

HERE = Path(__file__).resolve().parent.parent

_PACKAGE = "mockkibana"
_PARAMS = {
    "server log": (".server-log", {}, {}, {"message": "Test message"}),
    "index, 1 document": (
        ".index",
        {"index": "bench"},
        {},
        {"documents": [{"id": "test_doc_id", "message": "hello, world"}]},
    ),
    "push, 1 comment": (
        ".jira",
        {"apiUrl": "https://jira.example.com", "projectKey": "CK"},
        {"email": "ann@example.com", "apiToken": "token"},
        {
            "subAction": "pushToService",
            "subActionParams": {
                "incident": {"summary": "Test incident", "issueType": "10006"},
                "comments": [{"commentId": "1", "comment": "Looking into it"}],
            },
        },
    ),
}
_WARM = 3  # runs before the one that counts: imports, caches and the first write are no run


def count(tree: Path) -> dict[str, tuple[int, int, int]]:
    """Return calls, modules and calls across modules of each run, in this process.

    A call is any frame that begins or goes on, generators' and comprehensions' too. One is across
    modules if the Python frame that made it is of another module, Flask's included.
    """
    client = _client_of(tree)
    return {name: _counted(_run(client, *run), tree) for name, run in _PARAMS.items()}


def _client_of(tree: Path) -> Any:
    """Import the package from the tree, whatever is installed, and return a test client of it."""
    sys.path.insert(0, str(tree))
    fixtures = spec_from_file_location(
        f"{_PACKAGE}.fixtures",
        tree / "fixtures" / "__init__.py",
        submodule_search_locations=[str(tree / "fixtures")],
    )
    assert fixtures is not None
    sys.modules[f"{_PACKAGE}.fixtures"] = module_from_spec(fixtures)

    import mockkibana

    found = Path(mockkibana.__file__).parent
    assert found == tree / _PACKAGE, f"{found} was imported, not {tree}"
    return mockkibana.create_app(mockkibana.World()).test_client()


def _run(client: Any, type_id: str, config: Any, secrets: Any, params: Any) -> Callable[[], None]:
    headers = {"kbn-xsrf": "true"}
    body = {"name": "bench", "connector_type_id": type_id, "config": config, "secrets": secrets}
    path = "/api/actions/connector"
    made = client.post(path, json=body, headers=headers)
    path = f"{path}/{made.json['id']}/_execute"

    def run() -> None:
        answer = client.post(path, json={"params": params}, headers=headers)
        assert answer.json["status"] == "ok", answer.text

    return run


def _counted(run: Callable[[], None], tree: Path) -> tuple[int, int, int]:
    ours = f"{tree / _PACKAGE}/"
    modules: list[str] = []
    across = 0

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal across
        module = frame.f_code.co_filename
        if event == "call" and module.startswith(ours):
            modules.append(module)
            across += frame.f_back is None or frame.f_back.f_code.co_filename != module

    for _ in range(_WARM):
        run()
    sys.setprofile(profile)
    try:
        run()
    finally:
        sys.setprofile(None)
    return len(modules), len(set(modules)), across


def main() -> None:
    """Print the counts of this tree, beside those of another if one is named."""
    trees = [HERE, *(Path(named).resolve() for named in sys.argv[1:])]
    counts = [_in_process_of_its_own(tree) for tree in trees]
    print(f"{'':<20}" + "".join(f"{tree.name:>36}" for tree in trees))
    for name in _PARAMS:
        told = ("{:,} calls, {} modules, {} across".format(*found[name]) for found in counts)
        print(f"{name:<20}" + "".join(f"{text:>36}" for text in told))


def _in_process_of_its_own(tree: Path) -> dict[str, Any]:
    told = subprocess.run(
        [sys.executable, __file__, "--count", str(tree)],
        check=True,
        stdout=subprocess.PIPE,
    )
    counts: dict[str, Any] = json.loads(told.stdout)
    return counts


if __name__ == "__main__":
    if sys.argv[1:2] == ["--count"]:
        print(json.dumps(count(Path(sys.argv[2]))))
    else:
        main()
