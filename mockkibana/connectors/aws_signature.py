"""Amazon's Signature Version 4, with which requests to its services are signed."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class Key:
    """An access key, and its secret."""

    id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """When (UTC) and for what a signature is good."""

    time: datetime
    region: str
    service: str


def signed(
    path: str, headers: Mapping[str, str], body: bytes, key: Key, scope: Scope
) -> dict[str, str]:
    """Return the headers of a POST with its time and signature; `path` is encoded, has no query."""
    time = f"{scope.time:%Y%m%dT%H%M%SZ}"
    place = f"{time[:8]}/{scope.region}/{scope.service}/aws4_request"
    headers = {**headers, "X-Amz-Date": time}
    lines = sorted(f"{name.lower()}:{value}" for name, value in headers.items())
    names = ";".join(line.partition(":")[0] for line in lines)
    encoded = quote(path, safe="/-_.~")  # once more, as all services but S3 want it
    request = "\n".join(("POST", encoded, "", *lines, "", names, sha256(body).hexdigest()))
    text = "\n".join((_ALGORITHM, time, place, sha256(_bytes(request)).hexdigest()))
    secret = _bytes(f"AWS4{key.secret}")
    for step in place.split("/"):
        secret = hmac.digest(secret, _bytes(step), "sha256")
    signature = hmac.digest(secret, _bytes(text), "sha256").hex()
    credential = f"Credential={key.id}/{place}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "Authorization": f"{_ALGORITHM} {credential}"}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "replace")
