"""A local Kibana for tests, with a stateful fake Elasticsearch and Jira behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.app import create_app
    from mockkibana.server import Server
    from mockkibana.settings import Settings
    from mockkibana.testing.handle import MockKibana
    from mockkibana.testing.interception import intercept
    from mockkibana.testing.transport import Refused
    from mockkibana.testing.verdict import MockKibanaWarning
    from mockkibana.version import __version__ as __version__
    from mockkibana.world import World

__all__ = [
    "MockKibana",
    "MockKibanaWarning",
    "Refused",
    "Server",
    "Settings",
    "World",
    "create_app",
    "intercept",
]

_HOMES = {
    "__version__": "mockkibana.version",
    "MockKibana": "mockkibana.testing.handle",
    "MockKibanaWarning": "mockkibana.testing.verdict",
    "Refused": "mockkibana.testing.transport",
    "Server": "mockkibana.server",
    "Settings": "mockkibana.settings",
    "World": "mockkibana.world",
    "create_app": "mockkibana.app",
    "intercept": "mockkibana.testing.interception",
}


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that importing the package costs nothing."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
