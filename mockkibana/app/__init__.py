"""The WSGI application of some worlds."""

from __future__ import annotations

from mockkibana.app.app import create_app
from mockkibana.app.routing import rules

__all__ = ["create_app", "rules"]
