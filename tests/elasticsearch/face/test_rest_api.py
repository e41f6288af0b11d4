"""What is served is a part of Elasticsearch's own REST API."""

from __future__ import annotations

import pytest

from mockkibana.elasticsearch.face import rest_api
from mockkibana.elasticsearch.face.face import TABLE


@pytest.mark.parametrize(("method", "pattern"), TABLE.patterns())
def test_the_parameters_of_every_served_route_are_known(method: str, pattern: str) -> None:
    assert isinstance(rest_api.parameters(method, pattern), frozenset)


def test_the_parameters_of_a_path_differ_by_method() -> None:
    assert "flat_settings" in rest_api.parameters("GET", "/{index}")
    assert "flat_settings" not in rest_api.parameters("PUT", "/{index}")
