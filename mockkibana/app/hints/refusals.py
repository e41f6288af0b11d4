"""Why a caller was refused: who is not known, which privilege or which licence is missing."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mockkibana.journal.journal import Call, RunRecord
from mockkibana.journal.rendering import headers_of
from mockkibana.security.authentication import Unauthenticated
from mockkibana.security.denials import Denial, granting, grants_of, read_denial, roles_told
from mockkibana.security.identity import Identity
from mockkibana.security.users import SUPERUSER
from mockkibana.world import World

if TYPE_CHECKING:
    from mockkibana.security.security import Security

_SCHEMES = ("basic", "apikey", "bearer")
_USER = re.compile(r"unable to authenticate user \[(.*?)\] for ")
_KEY = re.compile(r"(api key (?:\[[^\]]*\] has been invalidated|is expired))")
_LICENSE = re.compile(r"Action type (\S+) is disabled because your (\w+) license")
_EXPIRED = re.compile(r"because your (\w+) license has expired")
_BULK = "indices:data/write/bulk"
_CREATE = "indices:data/write/index:op_type/create"
_AUTO_CREATE = "indices:admin/auto_create"
_INDEX = "/{index}"


def explain_license(call: Call, world: World) -> str | None:
    """Return which licence would do, or None when it is not the licence that refused a call."""
    text = _told(call)
    if found := _LICENSE.search(text):
        types = world.connector_types
        connector_type = types.get(found[1])
        needed = None if connector_type is None else types.minimum_license(connector_type)
        if _EXPIRED.search(text) is None:
            return f"`{found[1]}` needs a {needed} license, and this one is {found[2]} (--license)"
    if found := _EXPIRED.search(text):
        return f"the {found[1]} license has expired (--license-expires, or the world's clock)"
    return None


def explain_refusal(call: Call, world: World) -> str | None:
    """Return what a caller has to be or to have, or None when nothing was refused.

    That is for a 401, and for what Elasticsearch denied: to the call, to one of its runs, or to
    items of its bulk request. To be asked right after the call, as users and roles change.
    """
    authorization = headers_of(call.headers).get("authorization")
    if call.status == 401:
        return _unknown(authorization, _told(call), world.security)
    for run in call.runs:
        if run.service_message and (denied := read_denial(run.service_message)):
            return _denied(denied, _index_of(run), authorization, world)
    if denied := read_denial(_told(call)):
        return _denied(denied, _indices_of(call), authorization, world)
    return None


def _told(call: Call) -> str:
    """Return what was answered, also where it was not sent (HEAD)."""
    body = call.refusal or call.response
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else ""


def _unknown(authorization: str | None, told: str, security: Security) -> str:
    if not authorization:
        return "security is on: send credentials, such as those of the user `elastic`"
    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() not in _SCHEMES:
        return "the header Authorization has to begin with Basic, ApiKey or Bearer"
    if found := _USER.search(told):  # whose name may have come in the body
        return _unknown_user(found[1], security)
    if scheme.lower() == "bearer":
        return _unknown_token(value.strip(), security)
    try:
        name, colon, _ = b64decode(value.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:
        return "what follows the scheme in the header Authorization is no base64"
    if not colon:
        return "the header Authorization has no colon in what its base64 stands for"
    if scheme.lower() == "basic":
        return _unknown_user(name, security)
    if found := _KEY.search(told):
        return f"the {found[1]}"
    key = security.api_keys.get(name)
    return f"there is no API key `{name}`" if key is None else f"the secret of `{name}` is another"


def _unknown_user(name: str, security: Security) -> str:
    user = security.users.get(name)
    if user is None:
        return f"there is no user `{name}`"
    if not user["enabled"]:
        return f"the user `{name}` is disabled"
    if user["password_hash"] is None and name != SUPERUSER:
        return f"the user `{name}` has no password"
    return f"the password of the user `{name}` is another"


def _unknown_token(value: str, security: Security) -> str:
    token = security.tokens.find(value)
    if token is None:
        return "no such token was handed out"
    if token["invalidated"]:
        return f"the token of the user `{token['username']}` has been invalidated"
    if security.users.get(token["username"]) is None:
        return f"the token is of the user `{token['username']}`, who does not exist any more"
    return f"the token of the user `{token['username']}` has expired, or the user is disabled"


def _index_of(run: RunRecord) -> Sequence[str]:
    """Return the index that a run of an index connector wrote to."""
    bulks = [sent.url for sent in run.outbound if sent.backend == "elasticsearch"]
    return [url[1:].rpartition("/_bulk")[0] for url in bulks]


def _indices_of(call: Call) -> Sequence[str]:
    """Return the indices that the path of a request names; patterns name none."""
    if call.route is None or not call.route.startswith(_INDEX):
        return ()
    path = call.target.partition("?")[0].rpartition("/_mock/elasticsearch/")[2]
    names = unquote(path.partition("/")[0]).split(",")
    return [name for name in names if name != "_all" and "*" not in name and name[:1] != "-"]


def _denied(denied: Denial, named: Sequence[str], authorization: str | None, world: World) -> str:
    security = world.security
    indices = tuple(denied.indices or named)
    needed = [denied.action]
    if denied.action in (_BULK, _CREATE) and len(indices) == 1:
        # One refusal hides the next, so all that a document needs is told at once.
        needed = [_CREATE, *([] if world.elasticsearch.exists(indices[0]) else [_AUTO_CREATE])]
    identity = _identity(authorization, security)
    if identity is not None and indices:
        lacking = [
            action
            for action in needed
            if any(not identity.allows_index(action, index) for index in indices)
        ]
        needed = lacking or needed
    where = f" on {', '.join(f'`{index}`' for index in indices)}" if indices else ""
    wanted = " and ".join(_one_of(action, where, own=denied.own) for action in needed)
    parts = [f"{_who(denied, identity)} needs {wanted}"]
    if identity is not None:
        missing = sorted({*identity.roles} - {*identity.effective_roles})
        parts += [f"the role `{name}` does not exist" for name in missing]
    if identity is not None and identity.api_key is not None:
        parts.append("its role_descriptors and the roles of its owner have to grant it")
    else:
        sets = [
            set(grants_of(security.roles, action, indices, own=denied.own)) for action in needed
        ]
        parts.append(roles_told(sorted(sets[0].intersection(*sets[1:]))))
    return "; ".join(parts)


def _one_of(action: str, where: str, *, own: bool) -> str:
    kind, privileges = granting(action, own=own)
    return f"one of the {kind} privileges {', '.join(privileges)}{where} ({action})"


def _who(denied: Denial, identity: Identity | None) -> str:
    if identity is not None:
        return identity.told
    return f"the {denied.who.replace('[', '`').replace(']', '`')}"


def _identity(authorization: str | None, security: Security) -> Identity | None:
    try:
        return security.authentication.of(authorization)
    except Unauthenticated:
        return None
