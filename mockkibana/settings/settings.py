"""The settings of a world: one frozen value, replaced as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args
from urllib.parse import urlsplit

from mockkibana.choices import Contract, JiraFlavour, LicenseType, Solution
from mockkibana.clock import parse_time
from mockkibana.errors import MockKibanaError
from mockkibana.json import has_infinity
from mockkibana.settings.release import SUPPORTED, Release, is_supported, release_of

CONTRACTS: tuple[str, ...] = get_args(Contract)
JIRA_FLAVOURS: tuple[str, ...] = get_args(JiraFlavour)
LICENSES: tuple[str, ...] = get_args(LicenseType)
SHORTEST_PASSWORD = 6
_MOST = 2**53 - 1  # that JavaScript counts to
SOLUTIONS: tuple[str, ...] = get_args(Solution)
VERIFICATION_MODES = ("full", "certificate", "none")
"""How closely Kibana looks at a certificate."""

_CHOICES = {
    "ssl_verification_mode": VERIFICATION_MODES,
    "contract": CONTRACTS,
    "license": LICENSES,
    "jira_flavour": JIRA_FLAVOURS,
    "default_solution": SOLUTIONS,
}
_OPTIONAL = ("default_solution",)
HEADER_TEXT = re.compile(r"[\x20-\x7e\xa0-\xff]*")
"""What the value of a header can be."""

_URL = re.compile(r"https?://[^/\s\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*")
# What Kibana takes, and what a URL and a header can hold; below /_mock all is the mock's own.
_BASE_PATH = re.compile(r"(?=[!-~]*\Z)/(?!_mock(?:/|\Z))[^?#]*[^?#/]")


class BadSetting(MockKibanaError, ValueError):
    """A setting cannot have this value; the text says what arrived and what is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreconfiguredConnector:
    """A connector that an administrator configures; it is in every space, and never stored.

    Config and secrets are plain JSON objects, checked by a run only. Raises `BadSetting`.
    """

    id: str
    name: str
    connector_type_id: str
    config: Mapping[str, Any] = field(default_factory=dict, hash=False)
    secrets: Mapping[str, Any] = field(default_factory=dict, hash=False, repr=False)
    expose_config: bool = False

    def __post_init__(self) -> None:
        if text := refused_connector_id(self.id):
            raise BadSetting(text)
        if has_infinity([self.config, self.secrets]):
            raise BadSetting(f"{self.id}: a number in it is infinite, which JSON does not have")


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomHost:
    """What an administrator says of one host (`xpack.actions.customHostSettings`).

    `url` has its scheme (`https` or `smtp`), host and port; `verification_mode` is None for that
    of all hosts; `has_authority` tells that a certificate of an authority of its own is there.
    Raises `BadSetting`.
    """

    url: str
    verification_mode: str | None = None
    has_authority: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"(https|smtp)://[^\s/?#@]+/?", self.url):
            raise BadSetting(
                f"custom_host_settings has the url {self.url!r}; expected one such as "
                "https://hooks.example.com:8443"
            )
        if self.verification_mode not in (None, *VERIFICATION_MODES):
            raise BadSetting(
                f"verification_mode is {self.verification_mode!r}; expected one of "
                f"{', '.join(VERIFICATION_MODES)}"
            )


def refused_connector_id(connector_id: str) -> str | None:
    """Return why no preconfigured connector can have this id, or None (Kibana's `config.ts`)."""
    if connector_id in ("", "__proto__", "constructor"):
        return f'invalid preconfigured action id "{connector_id}"'
    return None


def _is_url(text: str) -> bool:
    try:
        return _URL.fullmatch(text) is not None and urlsplit(text).port != 0
    except ValueError:
        return False  # half an address of IPv6, or a port that is none


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What an administrator of Kibana would write into kibana.yml, and what the mock adds.

    A setting that is None is as Kibana has it by default, which may depend on its version.

    `base_path` is where callers find Kibana, below its host; with `rewrite_base_path` Kibana takes
    it off their requests, without a proxy before it does. `max_payload` and
    `max_response_content_length` are in bytes, `response_timeout` in seconds. Connectors go by the
    proxy to all hosts, to all but some or to some only. Mail may only go to and come from the
    domains of one allow list, or go to the recipients of the other, in whose entries `*` stands
    for any characters (None: to all); with `fixed_test_emails` each says what the tests of 8.19.22,
    9.5.4 and later say, whatever a run says. `license_expires` is a time in ISO 8601 (None:
    never), compared with the world's clock; `default_solution` is what the default space is
    for; `jira_flavour` is the Jira whose words and ways the fake Jira has, a hybrid taking what
    either takes, and `jira_users` are the `email:token` of those whom it lets in (none: anybody);
    with `status_bypasses_monitor` nobody needs a privilege to see Kibana's status; with
    `strict_refresh` searches of the fake Elasticsearch see only what was refreshed.
    Raises `BadSetting`.
    """

    contract: str = "documented"
    kibana_version: str = "9.5.4"
    server_name: str = "kibana"  # what Elastic's container image sets
    public_url: str | None = None
    base_path: str = ""
    rewrite_base_path: bool = False
    restrict_internal_apis: bool | None = None
    max_payload: int = 1_048_576
    allowed_hosts: tuple[str, ...] = ("*",)
    enabled_action_types: tuple[str, ...] = ("*",)
    preconfigured: tuple[PreconfiguredConnector, ...] = ()
    preconfigured_alert_history_es_index: bool = False
    response_timeout: float = 60.0
    max_response_content_length: int = 1_048_576
    proxy_url: str | None = field(default=None, repr=False)
    proxy_bypass_hosts: tuple[str, ...] | None = None
    proxy_only_hosts: tuple[str, ...] | None = None
    ssl_verification_mode: str = "full"
    custom_host_settings: tuple[CustomHost, ...] = ()
    webhook_ssl_pfx_enabled: bool = True
    email_domain_allowlist: tuple[str, ...] | None = None
    email_recipient_allowlist: tuple[str, ...] | None = None
    email_services_enabled: tuple[str, ...] = ("*",)
    email_maximum_body_length: int | None = None
    enable_footer_in_email: bool = True
    fixed_test_emails: bool = False
    microsoft_graph_api_url: str = "https://graph.microsoft.com/v1.0"
    microsoft_graph_api_scope: str = "https://graph.microsoft.com/.default"
    microsoft_exchange_url: str = "https://login.microsoftonline.com"
    max_spaces: int = 1000
    default_solution: str | None = None
    status_bypasses_monitor: bool = False
    strict_refresh: bool = False
    security: bool = False
    elastic_password: str = field(default="changeme", repr=False)
    license: str = "trial"
    license_expires: str | None = None
    jira_flavour: str = "hybrid"
    jira_users: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name, choices in _CHOICES.items():
            value = getattr(self, name)
            if value not in choices and not (name in _OPTIONAL and value is None):
                raise BadSetting(f"{name} is {value!r}; expected one of {', '.join(choices)}")
        if not is_supported(self.kibana_version):
            first = f"{self.kibana_version}.0"
            more = f", with its patch: write {first}" if is_supported(first) else ""
            raise BadSetting(
                f"kibana_version is {self.kibana_version!r}; expected {SUPPORTED}{more}"
            )
        if not HEADER_TEXT.fullmatch(self.server_name):
            raise BadSetting(
                f"server_name is {self.server_name!r}; expected one line of Latin-1, as it goes "
                "into a header"
            )
        if self.public_url is not None and not _is_url(self.public_url):
            raise BadSetting(
                f"public_url is {self.public_url!r}; expected a URL such as http://kibana.example.com"
            )
        self._check_base_path()
        positive = ("max_payload", "response_timeout", "max_response_content_length", "max_spaces")
        for name in positive:
            if not getattr(self, name) > 0:
                raise BadSetting(f"{name} is {getattr(self, name)}; expected a positive number")
            if getattr(self, name) > _MOST:
                raise BadSetting(f"{name} is too large; expected at most {_MOST}")
        if None not in (self.email_domain_allowlist, self.email_recipient_allowlist):
            raise BadSetting(
                "email_domain_allowlist and email_recipient_allowlist cannot be used at the same "
                "time"
            )
        self._check_secrets()
        if self.license_expires is not None:
            self._check_expiry(self.license_expires)

    def _check_secrets(self) -> None:
        if len(self.elastic_password) < SHORTEST_PASSWORD:
            raise BadSetting(
                f"elastic_password has {len(self.elastic_password)} characters; expected at least "
                f"{SHORTEST_PASSWORD}"
            )
        if not all(all(entry.partition(":")) for entry in self.jira_users):
            raise BadSetting("jira_users holds what is no email:token")

    def _check_base_path(self) -> None:
        if self.rewrite_base_path and not self.base_path:
            raise BadSetting("rewrite_base_path is set; expected a base_path beside it")
        if self.base_path and not _BASE_PATH.fullmatch(self.base_path):
            raise BadSetting(
                f"base_path is {self.base_path!r}; expected a path such as /kibana, "
                "which starts with a slash and does not end with one"
            )
        if self.public_url and not self.public_url.rstrip("/").endswith(self.base_path):
            raise BadSetting(
                f"public_url is {self.public_url!r}; expected one that ends with the base_path, "
                f"{self.base_path}"
            )

    def _check_expiry(self, expires: str) -> None:
        if self.license == "basic":
            raise BadSetting("license_expires is set, but a basic license never expires")
        try:
            parse_time(expires)
        except ValueError as error:
            raise BadSetting(f"license_expires: {error}") from None

    @property
    def release(self) -> Release:
        """What the version of Kibana does otherwise than others."""
        return release_of(self.kibana_version)

    @property
    def restricts_internal_apis(self) -> bool:
        """Whether internal routes are for Kibana's own pages only."""
        if self.restrict_internal_apis is None:
            return self.release.restricts_internal_apis
        return self.restrict_internal_apis
