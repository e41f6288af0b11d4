"""The WSGI server: one thread a connection, every byte parsed as the real Kibana parses it."""

from __future__ import annotations

from mockkibana.server.connection import AccessLine
from mockkibana.server.listener import Server

__all__ = ["AccessLine", "Server"]
