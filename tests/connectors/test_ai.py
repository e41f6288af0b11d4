"""What the AI connectors share: the models that Kibana names where nobody does."""

from __future__ import annotations

from typing import Any

import pytest

from mockkibana.settings import Settings

URL = "https://ai.example.com"
CONFIGS: dict[str, tuple[Any, Any]] = {
    ".gen-ai": ({"apiProvider": "OpenAI", "apiUrl": URL}, {"apiKey": "k"}),
    ".bedrock": ({"apiUrl": URL}, {"accessKey": "k", "secret": "s"}),
    ".gemini": (
        {"apiUrl": URL, "gcpRegion": "r", "gcpProjectID": "p"},
        {"credentialsJson": "{}"},
    ),
}
CLAUDE_3_5 = "anthropic.claude-3-5-sonnet-20240620-v1:0"
CLAUDE_3_7 = "us.anthropic.claude-3-7-sonnet-20250219-v1:0"
MODELS = [
    ("8.18.9", ("gpt-4o", CLAUDE_3_5, "gemini-1.5-pro-002")),
    ("8.19.0", ("gpt-4.1", CLAUDE_3_7, "gemini-2.5-pro")),
    ("9.0.9", ("gpt-4o", CLAUDE_3_5, "gemini-1.5-pro-002")),
    ("9.1.0", ("gpt-4.1", CLAUDE_3_7, "gemini-2.5-pro")),
    ("9.5.0", ("gpt-4.1", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", "gemini-2.5-pro")),
]


@pytest.mark.parametrize(("version", "models"), MODELS, ids=[row[0] for row in MODELS])
def test_a_version_has_its_own_models(world, create, version, models):
    world.settings = Settings(kibana_version=version)
    made = [
        create(type_id, config, secrets=secrets) for type_id, (config, secrets) in CONFIGS.items()
    ]
    assert tuple(connector["config"]["defaultModel"] for connector in made) == models
