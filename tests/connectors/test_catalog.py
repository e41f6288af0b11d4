"""Connector types: the product's own, those of other packages, and those that a test brings."""

from __future__ import annotations

import json

import pytest

from mockkibana.connectors.base import ConnectorType
from mockkibana.connectors.catalog import ConnectorTypes, enabled_in_config
from mockkibana.connectors.index import Index
from mockkibana.settings import Settings
from mockkibana.settings.license import License
from mockkibana.validation import Schema, String

TRIAL = License("trial", None, is_active=True)


class Params(Schema):
    text = String()


class Echo(ConnectorType):
    """Says what it is told."""

    id = ".echo"
    params = Params()

    def execute(self, run, params):
        return params["text"]


class Loud(Echo):
    """Says it loudly, under its own name."""

    id = "loud"
    name = "Loud echo"
    minimum_license_required = "gold"
    supported_feature_ids = ("alerting", "cases")


class OwnIndex(Index):
    """Takes the place of the index connector."""


# What Kibana 8.19 lists, in its order: id, least licence, features, sub-feature, name.
AI = "generativeAIForSecurity generativeAIForObservability generativeAIForSearchPlayground"
LISTED = f"""
.email | gold | alerting uptime siem | | Email
.index | basic | alerting uptime siem | | Index
.pagerduty | gold | alerting uptime siem | | PagerDuty
.swimlane | gold | alerting cases siem | | Swimlane
.server-log | basic | alerting uptime | | Server log
.slack | gold | alerting uptime siem | | Slack
.slack_api | gold | uptime alerting siem | | Slack API
.webhook | gold | alerting uptime siem | | Webhook
.cases-webhook | gold | cases | | Webhook - Case Management
.xmatters | gold | alerting siem | | xMatters
.servicenow | platinum | alerting cases uptime siem | | ServiceNow ITSM
.servicenow-sir | platinum | alerting cases siem | | ServiceNow SecOps
.servicenow-itom | platinum | alerting siem | | ServiceNow ITOM
.jira | gold | alerting cases uptime siem | | Jira
.teams | gold | alerting uptime siem | | Microsoft Teams
.torq | gold | alerting uptime siem | | Torq
.opsgenie | platinum | alerting uptime siem | | Opsgenie
.tines | gold | siem | | Tines
.gen-ai | enterprise | {AI} | | OpenAI
.bedrock | enterprise | {AI} | | Amazon Bedrock
.gemini | enterprise | {AI} | | Google Gemini
.d3security | gold | alerting siem | | D3 Security
.resilient | platinum | alerting cases siem | | IBM Resilient
.thehive | platinum | alerting siem uptime cases | | TheHive
.xsoar | platinum | siem | | XSOAR
.sentinelone | enterprise | endpointSecurity | endpointSecurity | Sentinel One
.crowdstrike | enterprise | endpointSecurity | endpointSecurity | CrowdStrike
.inference | enterprise | generativeAIForSecurity generativeAIForSearchPlayground \
    generativeAIForObservability | | AI Connector
.microsoft_defender_endpoint | enterprise | endpointSecurity | endpointSecurity | \
    Microsoft Defender for Endpoint
"""


@pytest.mark.kibana_version("8.19.0")
def test_the_public_list_is_that_of_kibana_8_19(client):
    expected = []
    for line in LISTED.strip().split("\n"):
        id_, license_, features, sub_feature, name = (part.strip() for part in line.split("|"))
        type_ = {
            "id": id_,
            "name": name,
            "enabled": True,
            "enabled_in_config": True,
            "enabled_in_license": True,
            "minimum_license_required": license_,
            "supported_feature_ids": features.split(),
            "is_system_action_type": False,
        }
        expected.append({**type_, "sub_feature": sub_feature} if sub_feature else type_)
    answer = client.get("/api/actions/connector_types")
    assert json.loads(answer.data) == expected
    assert [list(row) for row in json.loads(answer.data)] == [list(row) for row in expected]


def test_other_types_come_after_kibanas_in_the_order_given():
    assert ConnectorTypes([Loud, Echo]).ids()[-2:] == ["loud", ".echo"]
    assert ConnectorTypes([Echo, Loud]).ids()[-2:] == [".echo", "loud"]


def test_a_type_that_is_given_takes_the_place_of_an_installed_one():
    types = ConnectorTypes([OwnIndex])
    assert isinstance(types.get(".index"), OwnIndex)
    assert types.ids() == ConnectorTypes().ids()
    assert types.describe(Settings(), TRIAL) == ConnectorTypes().describe(Settings(), TRIAL)


def test_an_unknown_type_is_none():
    assert ConnectorTypes().get(".nope") is None


def test_what_a_type_does_not_say_of_itself_has_a_default():
    assert ConnectorTypes([Echo]).describe(Settings(), TRIAL)[-1] == {
        "id": ".echo",
        "name": ".echo",
        "enabled": True,
        "enabled_in_config": True,
        "enabled_in_license": True,
        "minimum_license_required": "basic",
        "supported_feature_ids": ["alerting"],
        "is_system_action_type": False,
        "source": "stack",
        "is_deprecated": False,
    }


def test_a_type_says_its_name_licence_and_features():
    types = ConnectorTypes([Loud])
    row = types.describe(Settings(), TRIAL)[-1]
    assert (row["name"], row["minimum_license_required"]) == ("Loud echo", "gold")
    assert row["supported_feature_ids"] == ["alerting", "cases"]
    assert "loud" in [row["id"] for row in types.describe(Settings(), TRIAL, "cases")]
    assert "loud" not in [row["id"] for row in types.describe(Settings(), TRIAL, "siem")]


@pytest.mark.parametrize(
    ("enabled", "result"), [(("*",), True), ((".echo",), True), ((".Echo",), False), ((), False)]
)
def test_a_type_is_enabled_by_its_exact_id(enabled, result):
    assert enabled_in_config(".echo", Settings(enabled_action_types=enabled)) is result


def test_every_shipped_type_has_the_facts_that_kibana_shows():
    for row in ConnectorTypes().describe(Settings(), TRIAL):
        assert row["name"]
        assert row["minimum_license_required"] in ("basic", "gold", "platinum", "enterprise")
        assert row["supported_feature_ids"]
