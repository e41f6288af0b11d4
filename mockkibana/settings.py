"""The settings of a world: one frozen value, replaced as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

CONTRACTS = ("documented", "observed")
_VERSION = re.compile(r"8\.1([789])\.(\d{1,3})")


class BadSetting(ValueError):
    """A setting cannot have this value; the text says what arrived and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an administrator of Kibana would write into kibana.yml, and what the mock adds.

    `max_payload` is in bytes, `response_timeout` in seconds. Raises `BadSetting`.
    """

    contract: str = "documented"
    kibana_version: str = "8.19.0"
    server_name: str = "kibana"  # what Elastic's container image sets
    public_url: str | None = None
    max_payload: int = 1_048_576
    allowed_hosts: tuple[str, ...] = ("*",)
    enabled_action_types: tuple[str, ...] = ("*",)
    preconfigured_alert_history_es_index: bool = False
    response_timeout: float = 60.0
    max_spaces: int = 1000

    def __post_init__(self) -> None:
        if self.contract not in CONTRACTS:
            raise BadSetting(
                f"contract is {self.contract!r}; expected one of {', '.join(CONTRACTS)}"
            )
        if not _VERSION.fullmatch(self.kibana_version):
            raise BadSetting(
                f"kibana_version is {self.kibana_version!r}; expected 8.17.0 to 8.19.x"
            )
        if self.public_url is not None and not re.match(r"https?://[^/]", self.public_url):
            raise BadSetting(
                f"public_url is {self.public_url!r}; expected a URL such as http://kibana.example.com"
            )
        for name in ("max_payload", "response_timeout", "max_spaces"):
            if getattr(self, name) <= 0:
                raise BadSetting(f"{name} is {getattr(self, name)}; expected a positive number")

    @property
    def version(self) -> tuple[int, ...]:
        """The Kibana version as numbers, for comparisons."""
        return tuple(int(part) for part in self.kibana_version.split("."))
