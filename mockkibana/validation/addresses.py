"""Fields for addresses: URIs and IP addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mockkibana.json import Json
from mockkibana.validation.failure import Failure
from mockkibana.validation.field import Field
from mockkibana.validation.formats import is_ipv4, is_ipv6, is_uri


class Uri(Field):
    """A URI (RFC 3986), not empty; `scheme` names the schemes it may have, in small letters."""

    takes = frozenset((str,))

    def __init__(self, *, scheme: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.schemes = tuple(scheme)

    def _check(self, value: Json) -> Any:
        if not isinstance(value, str):
            return Failure("type", "uri", value)
        if not value:
            return Failure("empty", None, value)
        if is_uri(value, self.schemes):
            return value
        # joi refuses these two before it looks at schemes.
        if self.schemes and value not in ("http:/", "https:/"):
            return Failure("scheme", self.schemes, value)
        return Failure("format", "uri", value)


_IP_TESTS = {"ipv4": is_ipv4, "ipv6": is_ipv6}


class Ip(Field):
    """An IP address without a prefix length; `versions` are `ipv4` and `ipv6`."""

    takes = frozenset((str,))

    def __init__(self, *, versions: Sequence[str] = ("ipv4", "ipv6"), **options: Any) -> None:
        super().__init__(**options)
        self.versions = tuple(versions)

    def _check(self, value: Json) -> Any:
        if not isinstance(value, str):
            return Failure("type", "ip", value)
        if not value:
            return Failure("empty", None, value)
        if any(_IP_TESTS[version](value) for version in self.versions):
            return value
        return Failure("format", self.versions, value)
