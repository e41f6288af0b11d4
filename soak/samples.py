"""A connector of every type: a config and secrets that Kibana takes."""

from __future__ import annotations

from typing import Any

_TRACKER = "https://tracker.example.com/issue/{{{external.system.id}}}"
_SERVICENOW = (
    {"apiUrl": "https://acme.service-now.com"},
    {"username": "ann", "password": "secret-of-ann"},
)
_HOOK = {"webhookUrl": "https://hooks.example.com/services/secret-of-ops"}


def _field(id_: str, type_: str = "text") -> dict[str, str]:
    return {"id": id_, "key": id_, "name": id_, "fieldType": type_}


SAMPLES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    ".email": (
        {"service": "other", "host": "mail.example.com", "port": 25, "from": "bob@example.com"},
        {"user": "account", "password": "secret-of-bob"},
    ),
    ".index": ({"index": "logs"}, {}),
    ".pagerduty": ({}, {"routingKey": "routing-key-of-ops"}),
    ".swimlane": (
        {
            "apiUrl": "https://swimlane.example.com",
            "appId": "app1",
            "connectorType": "all",
            "mappings": {
                "ruleNameConfig": _field("a1"),
                "severityConfig": _field("a2", "numeric"),
                "commentsConfig": _field("a3", "comments"),
            },
        },
        {"apiToken": "token-of-ops"},
    ),
    ".server-log": ({}, {}),
    ".slack": ({}, _HOOK),
    ".slack_api": ({}, {"token": "xoxb-token-of-ops"}),
    ".webhook": (
        {"url": "https://hooks.example.com/alerts"},
        {"user": "ann", "password": "secret-of-ann"},
    ),
    ".cases-webhook": (
        {
            "createIncidentUrl": "https://tracker.example.com/issue",
            "createIncidentJson": '{"title": {{{case.title}}}, "text": {{{case.description}}}}',
            "createIncidentResponseKey": "id",
            "getIncidentUrl": _TRACKER,
            "getIncidentResponseExternalTitleKey": "key",
            "viewIncidentUrl": "https://tracker.example.com/browse/{{{external.system.title}}}",
            "updateIncidentUrl": _TRACKER,
            "updateIncidentJson": '{"title": {{{case.title}}}}',
            "createCommentUrl": f"{_TRACKER}/comment",
            "createCommentMethod": "post",
            "createCommentJson": '{"body": {{{case.comment}}}}',
        },
        {"user": "ann", "password": "secret-of-ann"},
    ),
    ".xmatters": (
        {"configUrl": "https://acme.xmatters.com/api/1/triggers", "usesBasic": True},
        {"user": "ann", "password": "secret-of-ann"},
    ),
    ".servicenow": _SERVICENOW,
    ".servicenow-sir": _SERVICENOW,
    ".servicenow-itom": _SERVICENOW,
    ".jira": (
        {"apiUrl": "https://jira.example.com", "projectKey": "CK"},
        {"email": "elastic@example.com", "apiToken": "token-of-ops"},
    ),
    ".teams": ({}, _HOOK),
    ".torq": (
        {"webhookIntegrationUrl": "https://hooks.torq.io/v1/webhooks/1"},
        {"token": "token-of-ops"},
    ),
    ".opsgenie": ({"apiUrl": "https://api.opsgenie.com"}, {"apiKey": "key-of-ops"}),
    ".jira-service-management": (
        {"apiUrl": "https://api.atlassian.com"},
        {"apiKey": "key-of-ops"},
    ),
    ".http": ({"url": "https://api.example.com/v1"}, {"user": "ann", "password": "password-1"}),
    ".mcp": (
        {"serverUrl": "https://mcp.example.com", "authType": "bearer"},
        {"token": "token-of-ops"},
    ),
    ".tines": (
        {"url": "https://tenant.tines.com"},
        {"email": "ann@example.com", "token": "token-of-ann"},
    ),
    ".gen-ai": (
        {"apiProvider": "OpenAI", "apiUrl": "https://api.openai.com/v1/chat/completions"},
        {"apiKey": "key-of-ops"},
    ),
    ".bedrock": (
        {"apiUrl": "https://bedrock-runtime.eu-west-1.amazonaws.com"},
        {"accessKey": "AKIA-OF-OPS", "secret": "secret-of-ops"},
    ),
    ".gemini": (
        {
            "apiUrl": "https://us-central1-aiplatform.googleapis.com",
            "gcpRegion": "us-central1",
            "gcpProjectID": "ops",
        },
        {"credentialsJson": '{"client_email": "ops@example.com", "private_key": "key-of-ops"}'},
    ),
    ".d3security": ({"url": "https://d3.example.com/webhook/1"}, {"token": "token-of-ops"}),
    ".resilient": (
        {"apiUrl": "https://resilient.example.com", "orgId": "201"},
        {"apiKeyId": "key-of-ops", "apiKeySecret": "secret-of-ops"},
    ),
    ".thehive": ({"url": "https://thehive.example.com"}, {"apiKey": "key-of-ops"}),
    ".xsoar": ({"url": "https://xsoar.example.com"}, {"apiKey": "key-of-ops"}),
    ".sentinelone": ({"url": "https://s1.example.com"}, {"token": "token-of-ops"}),
    ".crowdstrike": (
        {"url": "https://api.crowdstrike.com"},
        {"clientId": "client-of-ops", "clientSecret": "secret-of-ops"},
    ),
    ".inference": (
        {"provider": "openai", "taskType": "completion", "inferenceId": "endpoint"},
        {"providerSecrets": {"api_key": "key-of-ops"}},
    ),
    ".microsoft_defender_endpoint": (
        {
            "clientId": "client",
            "tenantId": "tenant",
            "oAuthServerUrl": "https://login.example.com",
            "oAuthScope": "scope",
            "apiUrl": "https://api.securitycenter.example.com",
        },
        {"clientSecret": "secret-of-ops"},
    ),
    ".abuseipdb": ({}, {"authType": "api_key_header", "Key": "key-of-ops"}),
    ".alienvault-otx": ({}, {"authType": "api_key_header", "X-OTX-API-KEY": "key-of-ops"}),
    ".brave-search": ({}, {"authType": "api_key_header", "X-Subscription-Token": "key-of-ops"}),
}
"""Config and secrets by the type's id, in the order of Kibana's list."""
