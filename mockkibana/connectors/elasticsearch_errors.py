"""The texts that Kibana's Elasticsearch client makes of error answers."""

from __future__ import annotations

from mockkibana.json import Json, dumps


def client_message(body: Json) -> str:
    """Return the message of the JavaScript client's `ResponseError` for an answer's body.

    Type, cause and root causes; the reason itself is not used (elastic-transport-js, `errors.ts`).
    """
    if body is None or body == "":
        return "Response Error"
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict) or not error.get("type"):
        return body if isinstance(body, str) else dumps(body)
    message = str(error["type"])
    cause = error.get("caused_by")
    if isinstance(cause, dict):
        message += f"\n\tCaused by:\n\t\t{cause.get('type')}: {cause.get('reason')}"
    roots = error.get("root_cause")
    if isinstance(roots, list) and roots:
        lines = "\n\t\t".join(f"{root.get('type')}: {root.get('reason')}" for root in roots)
        message += f"\n\tRoot causes:\n\t\t{lines}"
    return message
