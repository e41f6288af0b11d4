"""The standard analyzer splits texts into words where Unicode does."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.analysis.words import standard


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("The QUICK brown-fox.", ["the", "quick", "brown", "fox"]),
        ("don't stop", ["don't", "stop"]),
        ("'quoted'", ["quoted"]),
        ("host.example.com:5601", ["host.example.com", "5601"]),
        ("192.168.0.1 1,024 3.14", ["192.168.0.1", "1,024", "3.14"]),
        ("user@example.com", ["user", "example.com"]),
        ("snake_case _ __x", ["snake_case", "__x"]),
        ("Straße ÉCOLE", ["straße", "école"]),
        ("東京 タワー", ["東", "京", "タワー"]),
        ("/var/log a-1 #42", ["var", "log", "a", "1", "42"]),
        ("x" * 300, ["x" * 255, "x" * 45]),
    ],
)
def test_a_text_is_split_into_lower_case_words(text: str, words: list[str]) -> None:
    assert standard(text) == words
