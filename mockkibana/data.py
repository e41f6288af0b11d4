"""What is installed with the package as data: the JSON files of `fixtures/`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def data(name: str) -> Any:
    """Return the value of a file, `data("jira")` that of `jira.json`; shared: do not mutate it."""
    return json.loads(files("mockkibana.fixtures").joinpath(f"{name}.json").read_text("utf-8"))
