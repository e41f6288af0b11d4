"""A local Kibana for tests, with a stateful fake Elasticsearch and Jira behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mockkibana.app import create_app
    from mockkibana.connectors.foreign_types import BadConnectorType
    from mockkibana.control.errors import ControlError
    from mockkibana.errors import MockKibanaError, MockKibanaWarning
    from mockkibana.seeds import BadSeed
    from mockkibana.server import Server
    from mockkibana.settings import BadSetting, Settings
    from mockkibana.store import StoreError
    from mockkibana.testing.backends import TooMany
    from mockkibana.testing.handle import MockKibana
    from mockkibana.testing.hosts import NotLocal, NotStarted
    from mockkibana.testing.interception import intercept
    from mockkibana.testing.remote import NoServer
    from mockkibana.testing.transport import NoAnswer, Refused
    from mockkibana.version import __version__ as __version__
    from mockkibana.world import World

__all__ = [
    "BadConnectorType",
    "BadSeed",
    "BadSetting",
    "ControlError",
    "MockKibana",
    "MockKibanaError",
    "MockKibanaWarning",
    "NoAnswer",
    "NoServer",
    "NotLocal",
    "NotStarted",
    "Refused",
    "Server",
    "Settings",
    "StoreError",
    "TooMany",
    "World",
    "create_app",
    "intercept",
]

_HOMES = {
    "__version__": "mockkibana.version",
    "BadConnectorType": "mockkibana.connectors.foreign_types",
    "BadSeed": "mockkibana.seeds",
    "BadSetting": "mockkibana.settings",
    "ControlError": "mockkibana.control.errors",
    "MockKibana": "mockkibana.testing.handle",
    "MockKibanaError": "mockkibana.errors",
    "MockKibanaWarning": "mockkibana.errors",
    "NoAnswer": "mockkibana.testing.transport",
    "NoServer": "mockkibana.testing.remote",
    "NotLocal": "mockkibana.testing.hosts",
    "NotStarted": "mockkibana.testing.hosts",
    "Refused": "mockkibana.testing.transport",
    "Server": "mockkibana.server",
    "Settings": "mockkibana.settings",
    "StoreError": "mockkibana.store",
    "TooMany": "mockkibana.testing.backends",
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
