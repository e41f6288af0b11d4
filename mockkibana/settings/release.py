"""A release of Kibana: one value that says what the versions differ in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from mockkibana.data import data

_LIMITS = {"since", "until"}
_SUPPORTED = re.compile(r"(8\.1[789]|9\.[0-5])\.\d{1,3}")
SUPPORTED = "8.17.0 to 8.19.x, or 9.0.0 to 9.5.x"
"""Which versions can be mocked, in words."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """A version of Kibana, and of the Elasticsearch beside it; there is one value for each.

    Each attribute is a row of `releases.json`. A row with `since` and `until` is true in these
    versions, both included: `8.18` stands for all of 8.18. Any other row gives values, each with
    the version that it came in. `Release.has` and `Release.value` read other data in this way. A
    row's `note` says what a tool meets that comes from an older version.
    """

    version: str

    legacy_routes: bool
    """Whether `/api/actions/action...`, `/api/actions` and `/api/actions/list_action_types` are
    there (elastic/kibana#197510)."""

    restricts_internal_apis: bool
    """The default of `server.restrictInternalApis` (elastic/kibana#193792)."""

    names_unknown_keys: bool
    """Whether config-schema names an unknown key in its text, too (elastic/kibana#258633)."""

    free_connector_ids: bool
    """Whether a connector may have another id than a UUID (elastic/kibana#255922)."""

    connector_availability: bool
    """Whether one can ask whether an id is free."""
    # Guess: it came with 9.4, and its route is a public one.

    oauth_callback: bool
    """Whether OAuth servers send users back to a route of the actions plugin."""

    type_sources: bool
    """Whether connector types tell their `source` (elastic/kibana#244415)."""

    type_deprecation: bool
    """Whether connectors and connector types tell whether the type as a whole is deprecated
    (elastic/kibana#236662)."""

    type_descriptions: bool
    """Whether connector types tell their `description` and that they are experimental, where there
    is something to tell (elastic/kibana#268762)."""

    permissions_policy: str
    """The header of this name."""
    # Guess: `fullscreen` changed with 9.5.

    content_security_policy: str
    """The header of this name (elastic/kibana#241029, elastic/kibana#267937)."""

    legacy_warning_header: bool
    """Whether the legacy routes say in `warning` that they are deprecated
    (`get_warning_header_message.ts`)."""
    # Guess: 8.18 is the first to send it, as the change came after 8.17 was released.

    endpoint_security_sub_feature: bool
    """Whether running endpoint security types has a privilege of its own, beside `all`
    (elastic/kibana#203503)."""

    endpoint_security_action: str
    """The action that running such a type needs. Before they had a privilege of their own, these
    types were the advanced ones, for `all` only."""

    features_read_cloud: bool
    """Whether every privilege of every feature reads saved objects of the type `cloud`."""
    # Guess: it came with 8.18; 8.17 does not have it.

    jira_search: str
    """The path and query, below `/rest/api/2/`, with which the Jira connector looks for issues;
    `{}` is the place of the JQL. Jira Cloud's new search came with elastic/kibana#235556, and in a
    patch of 9.1 with #235554."""
    # Guess: 9.1.5 is the first patch that has it.

    exact_types: bool
    """Whether connector types take values as they are and tell all that is wrong with them (zod),
    or convert some and stop at the first that they do not take (config-schema)
    (elastic/kibana#240315)."""

    type_wording: str
    """Who words what is wrong with a value of a connector type: `config-schema`, `zod 3` or
    `zod 4` (elastic/kibana#252702)."""

    names_discriminators: bool
    """Whether zod 4 says which words tell the objects of a union apart; its first releases do not
    (elastic/kibana#269128)."""

    absent_any: bool
    """Whether zod takes an absent value for any value (elastic/kibana#269128)."""

    optional_defaults: bool
    """Whether an absent value that is optional and has a default, too, gets the default (zod 4)."""

    null_secrets: bool
    """Whether secrets that are null are not looked at (elastic/kibana#250664)."""
    # Guess: 9.3.1 is the first patch that does so.

    sub_action_defaults: bool
    """Whether a sub-action of the framework gets its params as its schema has made them, with
    defaults and without dropped keys (`sub_action_framework/executor.ts`)."""

    checks_token_urls: bool
    """Whether the URL of a webhook's OAuth server has to be one, at an allowed host
    (elastic/kibana#258290)."""

    slack_channel_names: bool
    """Whether the Slack API connector posts to channels by name, too (elastic/kibana#245423)."""

    resilient_field_kinds: bool
    """Whether a push to IBM Resilient writes fields by their kinds, and those of which Kibana knows
    nothing, too (elastic/kibana#236144)."""

    no_recipients: str
    """What is wrong with a mail to nobody."""

    type_noun: str
    """What config and secrets are those of, in texts: an `action type`, or a `connector type`."""

    documented_item_key: str
    """Under which key the published documentation has each item of the index connector's answer;
    Kibana itself has `create` (`run_index_connector_response.yaml`)."""

    jira_service_wrapper: bool
    """Whether the Jira connector words every failed call in one way, and says that too many calls
    are the user's fault."""
    # Guess: 9.3 is the first that does.

    user_error_statuses: list[int]
    """Which HTTP statuses of a third party are the user's fault, for types of the sub-action
    framework (`create_and_throw_user_error.ts`, elastic/kibana#258141)."""
    # Guess: the first version is 9.1; some patch of 8.19 has it, too.

    status_needs_monitor: bool
    """Whether `GET /api/status` tells all to those only who may monitor the cluster
    (elastic/kibana#268942)."""

    first_build: int
    """The number of the build of Kibana that is the minor's first release."""
    # Guess: the real numbers grow by thousands with each minor.

    build_date: str
    """On which day Kibana was built."""
    # Guess: the real days of 8.x are others.

    elasticsearch_build_date: str
    """On which day Elasticsearch was built."""

    lucene_version: str
    """Which Lucene is in Elasticsearch."""

    strict_bulk: bool
    """Whether Elasticsearch refuses bulk requests whose lines are odd, of which it warned before
    (`BulkRequestParser`)."""

    minimum_wire_version: str
    """The oldest Elasticsearch with which this one talks."""

    minimum_index_version: str
    """The oldest Elasticsearch whose indices this one reads."""

    index_version: str
    """What `index.version.created` holds for an index of this Elasticsearch."""
    # Guess: those of 9.4 and 9.5.

    rest_api_version: int
    """The version of Elasticsearch's REST API, which takes requests of the one before, too."""

    @property
    def build_number(self) -> int:
        """The number of Kibana's build."""
        # Guess: the real numbers grow by about a hundred with each patch.
        return self.first_build + 100 * int(self.version.rpartition(".")[2])

    def has(self, since: str | None = None, until: str | None = None) -> bool:
        """Tell whether this version is one from `since` to `until`, both included."""
        return _is_within(self.version, since, until)

    def value(self, by_version: Mapping[str, T]) -> T:
        """Return the value that came last, of some by the version that they came in."""
        return _newest(self.version, by_version)


def is_supported(version: str) -> bool:
    """Tell whether a version, such as `8.19.0`, is one that can be mocked."""
    return _SUPPORTED.fullmatch(version) is not None


def rows() -> dict[str, dict[str, Any]]:
    """Return the rows of `releases.json` by the names of attributes, without their notes."""
    return {
        name: {key: value for key, value in row.items() if key != "note"}
        for name, row in data("releases").items()
    }


@lru_cache(maxsize=64)
def release_of(version: str) -> Release:
    """Return the release of a supported version; the first call reads what they differ in."""
    attributes: dict[str, Any] = {
        name: _is_within(version, **row) if row.keys() <= _LIMITS else _newest(version, row)
        for name, row in rows().items()
    }
    return Release(version, **attributes)


def _is_within(version: str, since: str | None = None, until: str | None = None) -> bool:
    own = numbers(version)
    if since is not None and own < numbers(since):
        return False
    last = own if until is None else numbers(until)
    return own[: len(last)] <= last


def _newest(version: str, by_version: Mapping[str, T]) -> T:
    came = [since for since in by_version if _is_within(version, since)]
    return by_version[max(came, key=numbers)]


def numbers(version: str) -> tuple[int, ...]:
    """Return the parts of a version, by which versions sort."""
    return tuple(map(int, version.split(".")))
