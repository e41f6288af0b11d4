"""What the tests of validation share: the sentence with which a value is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mockkibana.validation import Field, Refused, Schema, load
from mockkibana.validation.wording import config_schema

Sentence = Callable[..., str]


@pytest.fixture(scope="session")
def sentence() -> Sentence:
    def refusal(rule: Field | Schema, value: Any, namespace: str = "") -> str:
        with pytest.raises(Refused) as caught:
            load(rule, value)
        return config_schema.sentence(caught.value.failure, namespace)

    return refusal
