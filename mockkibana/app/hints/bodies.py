"""What a request lacks whose headers or body were refused."""

from __future__ import annotations

import re
from difflib import get_close_matches

from mockkibana.journal import Call
from mockkibana.journal.rendering import headers_of
from mockkibana.json import Malformed, loads

_CLOSE = 0.7
_JSON = re.compile(r"application/(?:[^;]+\+)?(?:x-nd)?json\b", re.IGNORECASE)
_LONGEST = 40  # of a key that is shown
_RUN = "/_execute"


def missing_xsrf(call: Call) -> str:
    """Return which header lets Kibana take a request that has no kbn-xsrf."""
    text = "add the header `kbn-xsrf: true` (any value will do)"
    if near := get_close_matches("kbn-xsrf", headers_of(call.headers), 1, _CLOSE):
        text += f"; the request has `{near[0]}`"
    return text


def wrong_type(call: Call) -> str | None:
    """Return which content type a body of JSON needs, or None where it has one."""
    if not isinstance(call.body, bytes) or call.body.lstrip()[:1] not in (b"{", b"["):
        return None
    sent = headers_of(call.headers).get("content-type", "")
    if _JSON.match(sent) or (call.status == 400 and (not sent or sent.startswith("text/"))):
        return None  # Kibana takes text, and what has no type, for JSON
    text = "add the header `content-type: application/json`"
    if sent == "application/x-www-form-urlencoded":
        return f"{text}: without it, curl says that the body is a form"
    return text


def missing_params(call: Call) -> str | None:
    """Return how the body of a run has to look, or None where it has `params`."""
    if call.route is None or not call.route.endswith(_RUN) or not isinstance(call.body, bytes):
        return None
    try:
        body = loads(call.body or b"{}")
    except Malformed:
        return None  # Kibana says so
    if not isinstance(body, dict) or not body:
        return 'the body has to be {"params": {...}}'
    if "params" in body:
        return None
    key = next(iter(body))
    return f'put it all under `params`: {{"params": {{"{key[:_LONGEST]}": ...}}}}'
