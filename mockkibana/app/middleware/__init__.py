"""What a request passes on its way to Flask; `create_app` lists it in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

Environ: TypeAlias = dict[str, Any]
StartResponse: TypeAlias = Callable[..., Any]
WSGI: TypeAlias = Callable[[Environ, StartResponse], Iterable[bytes]]
