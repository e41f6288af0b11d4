"""The shapes of what a handle gives and takes, for whoever checks types: plain JSON."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

from mockkibana.choices import Contract, JiraFlavour, LicenseType, Solution
from mockkibana.json import Json


class ConnectorRecord(TypedDict):
    """A connector, as Kibana's API shows it; one that is preconfigured may hide its config."""

    id: str
    name: str
    connector_type_id: str
    config: NotRequired[dict[str, Any]]
    is_preconfigured: bool
    is_deprecated: bool
    is_missing_secrets: NotRequired[bool]
    is_system_action: bool
    is_connector_type_deprecated: NotRequired[bool]
    auth_mode: NotRequired[Literal["shared", "per-user"]]
    referenced_by_count: NotRequired[int]


class RunAnswer(TypedDict):
    """What Kibana answers to a run; the keys after `connector_id` depend on how it went."""

    status: Literal["ok", "error"]
    connector_id: str
    data: NotRequired[Any]
    message: NotRequired[str]
    service_message: NotRequired[str]
    errorSource: NotRequired[str]
    retry: NotRequired[bool | str | None]


class SpaceRecord(TypedDict):
    """A space, as Kibana's API shows it."""

    id: str
    name: str
    description: NotRequired[str]
    color: NotRequired[str]
    initials: NotRequired[str]
    imageUrl: NotRequired[str]
    solution: NotRequired[str]
    disabledFeatures: list[str]
    _reserved: NotRequired[bool]


class IssueRecord(TypedDict):
    """An issue, as Jira's REST API 2 shows it; `fields` are by their ids."""

    id: str
    key: str
    self: str
    expand: NotRequired[str]
    fields: dict[str, Any]


class Message(TypedDict):
    """One side of a call: headers by lower-case name; a body is JSON, text, or a digest."""

    headers: dict[str, str]
    body: Json


class MadeRecord(TypedDict):
    """What came of a run: a `document` in an index, an `issue` or a `comment` in a project."""

    kind: str
    place: str
    id: str
    key: str | None


class RequestRecord(TypedDict):
    """A request that a run sent, and what came back; `fault` is the id of the rule that fired."""

    backend: str
    method: str
    url: str
    body: Json
    status: int | None
    response: Json
    error: str | None
    fault: str | None


class RunRecord(TypedDict):
    """A run that a call caused."""

    connector_id: str
    connector_type_id: str
    connector_name: str
    space: str
    params: Json
    status: str | None
    message: str | None
    service_message: str | None
    error_source: str | None
    retry: Json
    outbound: list[RequestRecord]
    made: list[MadeRecord]
    made_count: int


class CallRecord(TypedDict):
    """A call, as the journal shows it: `time` in ISO 8601, `seconds` real time."""

    number: int
    time: str
    method: str
    path: str
    query: dict[str, str | list[str]]
    space: str | None
    user: str | None
    face: str
    route: str | None
    status: int | None
    seconds: float
    request: Message
    response: Message
    connector_id: str | None
    runs: list[RunRecord]
    faults: list[str]
    warnings: list[str]
    hint: str | None


class SentMessage(TypedDict):
    """What a run sent to a third party; secrets are redacted."""

    method: str
    url: str
    headers: dict[str, str]
    body: Json


class ReceivedAnswer(TypedDict):
    """What a third party answered."""

    status: int
    headers: dict[str, str]
    body: Json


class DeliveryRecord(TypedDict):
    """A delivery of the outbox: `seq` counts from 1, `at` is in ISO 8601."""

    seq: int
    at: str
    space: str
    connector_id: str
    connector_name: str
    connector_type_id: str
    request: SentMessage
    response: ReceivedAnswer


class LineRecord(TypedDict):
    """A line of Kibana's log; `time` in ISO 8601."""

    time: str
    level: str
    logger: str
    message: str


class FaultMatch(TypedDict, total=False):
    """To which calls, or requests of runs, a fault rule applies."""

    face: str
    backend: str
    route: str
    path: str
    method: str
    space: str
    connector: str
    connector_type: str
    body: dict[str, Any]


class FaultWhen(TypedDict, total=False):
    """On which of the requests that match a fault rule fires."""

    nth: int
    first: int
    every: int
    probability: float
    seed: int


class FaultWhat(TypedDict, total=False):
    """What a fault rule does: `status`, `wire`, `tls`, `timeout` or `rate`, and a `latency`."""

    status: int
    body: Json
    headers: dict[str, str | int]
    retry_after: int
    latency: float | str | dict[str, Any]
    wire: Literal["reset", "empty", "garbage", "partial", "hold", "refused"]
    tls: Literal["self-signed", "unknown-issuer", "expired", "wrong-host"]
    timeout: bool
    work: Literal["done", "not-done"]
    rate: dict[str, Any]


class FaultParts(TypedDict, total=False):
    """The parts of a fault rule, and the arguments of the domain faults."""

    id: str
    match: FaultMatch
    what: FaultWhat
    when: FaultWhen
    fault: str
    connector: str
    field: str
    name: str
    index: str
    type: str
    calls: int
    certificate: Literal["self-signed", "unknown-issuer", "expired", "wrong-host"]
    retry_after: int
    status: int
    body: Json


class FaultRecord(TypedDict):
    """A fault rule as it was added, and its counts; a domain fault has `fault` and not `what`."""

    id: str
    match: NotRequired[FaultMatch]
    what: NotRequired[FaultWhat]
    when: NotRequired[FaultWhen]
    fault: NotRequired[str]
    matched: int
    fired: int
    expected: str
    consumed: bool
    warnings: NotRequired[list[str]]


class SettingsRecord(TypedDict, total=False):
    """Settings by name, as `mockkibana.Settings` has them; secrets are never shown."""

    contract: Contract
    kibana_version: str
    server_name: str
    public_url: str | None
    base_path: str
    rewrite_base_path: bool
    restrict_internal_apis: bool | None
    max_payload: int
    allowed_hosts: list[str]
    enabled_action_types: list[str]
    preconfigured: list[dict[str, Any]]
    preconfigured_alert_history_es_index: bool
    response_timeout: float
    max_response_content_length: int
    proxy_url: str | None
    proxy_bypass_hosts: list[str] | None
    proxy_only_hosts: list[str] | None
    ssl_verification_mode: str
    custom_host_settings: list[dict[str, Any]]
    webhook_ssl_pfx_enabled: bool
    email_domain_allowlist: list[str] | None
    email_recipient_allowlist: list[str] | None
    email_services_enabled: list[str]
    email_maximum_body_length: int | None
    enable_footer_in_email: bool
    fixed_test_emails: bool
    microsoft_graph_api_url: str
    microsoft_graph_api_scope: str
    microsoft_exchange_url: str
    max_spaces: int
    default_solution: Solution | None
    status_bypasses_monitor: bool
    strict_refresh: bool
    security: bool
    elastic_password: str
    license: LicenseType
    license_expires: str | None
    jira_flavour: JiraFlavour
    jira_users: list[str]
