"""Amazon's signature: that of its own example."""

from __future__ import annotations

from datetime import UTC, datetime

from mockkibana.connectors.aws_signature import Key, Scope, signed


def test_a_request_of_amazons_test_suite_has_its_signature() -> None:
    # "post-vanilla" of the suite that AWS publishes for Signature Version 4.
    headers = signed(
        "/",
        {"Host": "example.amazonaws.com"},
        b"",
        Key("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
        Scope(datetime(2015, 8, 30, 12, 36, tzinfo=UTC), "us-east-1", "service"),
    )
    assert headers == {
        "Host": "example.amazonaws.com",
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
            "SignedHeaders=host;x-amz-date, "
            "Signature=5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"
        ),
    }
