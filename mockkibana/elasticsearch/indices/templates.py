"""Index templates: what a new index starts with because of its name."""

from __future__ import annotations

from mockkibana.json import Json
from mockkibana.settings import Settings
from mockkibana.wildcards import wildcard

_ALERT_HISTORY = "kibana-alert-history-template"


def _keywords(*names: str) -> Json:
    return {name: {"type": "keyword"} for name in names}


def templates(settings: Settings) -> dict[str, Json]:
    """Return the index templates that Kibana has put, by name, as `GET /_index_template` shows.

    The alert history's exists with `preconfigured_alert_history_es_index`: Kibana puts it when it
    starts (elastic/kibana, `create_alert_history_index_template.ts`).
    """
    if not settings.preconfigured_alert_history_es_index:
        return {}
    alert = {
        **_keywords("actionGroup", "actionGroupName", "actionSubgroup", "id"),
        "context": {"type": "object", "enabled": False},
    }
    rule = {
        **_keywords("author", "category", "id", "license", "space", "type"),
        "name": {"type": "text", "fields": _keywords("keyword")},
        "params": {"type": "object", "enabled": False},
    }
    properties = {
        "@timestamp": {"type": "date"},
        "event": {"properties": _keywords("kind")},
        "kibana": {"properties": {"alert": {"properties": alert}}},
        "message": {"type": "text", "norms": False},
        "rule": {"properties": rule},
        "tags": {"type": "keyword", "ignore_above": 1024, "meta": {"isArray": "true"}},
    }
    return {
        _ALERT_HISTORY: {
            "index_patterns": ["kibana-alert-history-*"],
            "template": {
                "settings": {
                    "index": {"number_of_shards": "1", "auto_expand_replicas": "0-1"},
                },
                "mappings": {"dynamic": "false", "properties": properties},
            },
            "composed_of": [],
            "_meta": {
                "description": "System generated mapping for preconfigured alert history "
                "Elasticsearch index connector."
            },
        }
    }


def template_for(name: str, templates: dict[str, Json]) -> Json:
    """Return the `template` part of the matching template of the highest priority, or `{}`."""
    matching = [
        template
        for template in templates.values()
        if any(wildcard(pattern)(name) for pattern in template["index_patterns"])
    ]
    if not matching:
        return {}
    best = max(matching, key=lambda template: int(template.get("priority", 0)))
    return best.get("template", {})
