"""Why a caller was refused: who is not known, and which privilege is missing."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING

from mockkibana.journal.journal import Call
from mockkibana.journal.rendering import headers_of
from mockkibana.security.denials import Denial, granting, grants_of, read_denial, roles_told

if TYPE_CHECKING:
    from mockkibana.security.security import Security


def explain_refusal(call: Call, security: Security) -> str | None:
    """Return what a caller has to be or to have, or None when nothing was refused.

    That is for a 401, and for what Elasticsearch denied: to the call, or to one of its runs. To be
    asked right after the call, as users and roles change.
    """
    if call.status == 401:
        return _unknown(headers_of(call.headers).get("authorization"), security)
    texts = [run.service_message for run in call.runs if run.service_message]
    if call.status == 403 and isinstance(call.response, bytes):
        texts.append(call.response.decode("utf-8", "replace"))
    for text in texts:
        if (denied := read_denial(text)) is not None:
            return _denied(denied, security)
    return None


def _unknown(authorization: str | None, security: Security) -> str:
    if not authorization:
        return "security is on: send credentials, such as those of the user `elastic`"
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() != "basic":
        return f"nobody is known by the credentials that came under {scheme[:20]!r}"
    try:
        name = b64decode(value.strip(), validate=True).decode("utf-8", "replace").partition(":")[0]
    except ValueError:
        return "the header Authorization holds no base64"
    user = security.users.get(name)
    if user is None:
        return f"there is no user `{name}`"
    if not user["enabled"]:
        return f"the user `{name}` is disabled"
    return f"the password of the user `{name}` is another"


def _denied(denied: Denial, security: Security) -> str:
    kind, privileges = granting(denied.action)
    roles = grants_of(security.roles, denied.action, denied.indices)
    where = f" on {', '.join(f'`{index}`' for index in denied.indices)}" if denied.indices else ""
    who = denied.who.replace("[", "`").replace("]", "`")
    return (
        f"the {who} needs one of the {kind} privileges {', '.join(privileges)}{where} "
        f"({denied.action}); {roles_told(roles)}"
    )
