"""The rules for names: of users and roles, of applications and their privileges."""

from __future__ import annotations

import re

from mockkibana.security.roles import reserved_roles

# The realm that stores them takes fewer characters than a file on disk may have.
_LONGEST, _LONGEST_ANYWHERE = 507, 1024

_PRINTABLE = re.compile(r"[ -~]+", re.ASCII)
_PREFIX = re.compile(r"[a-z][A-Za-z0-9]*")
_GRAPH = re.compile(r"[!-~]*")
_FORBIDDEN_IN_SUFFIX = '\\/*?"<>|,'


def role_name_error(name: str, *, stored: bool = True, reserved: bool = False) -> str | None:
    """Return why no role can have a name.

    `stored` is for one that is to be kept, `reserved` for where Elasticsearch's own may stand.
    """
    if error := _name_error("Role", name, stored=stored):
        return error
    if stored and not reserved and name in reserved_roles():
        return f"Role [{name}] is reserved and may not be used."
    return None


def user_name_error(name: str) -> str | None:
    """Return why no user can have a name."""
    return _name_error("User", name, stored=True)


def application_name_error(name: str, *, asked: bool = False) -> str | None:
    """Return why a role cannot name an application (`ApplicationPrivilege`).

    `asked` is for a question about one application, which takes no pattern.
    """
    if not name.strip():
        return "Application names cannot be blank"
    star = name.find("*")
    if star >= 0 and asked:
        # Guess: from memory.
        return f"Application names may not contain '*' (found '{name}')"
    if star >= 0 and star != len(name) - 1:
        return f"Application name patterns only support trailing wildcards (found '{name}')"
    if name == "*":
        return None
    if re.search(r"\s", name):
        return f"Application names may not contain whitespace (found '{name}')"
    prefix, dash, suffix = name.partition("-")
    if star >= 0 and not dash:
        prefix = prefix[:-1]
    if not _PREFIX.fullmatch(prefix):
        return (
            "An application name prefix must match the pattern ^[a-z][A-Za-z0-9]*$ "
            f"(found '{prefix}')"
        )
    if star < 0 and len(prefix) < 3:
        return f"An application name prefix must be at least 3 characters long (found '{prefix}')"
    if any(sign in _FORBIDDEN_IN_SUFFIX for sign in suffix.removesuffix("*")):
        # Guess: from memory.
        return (
            "An application name suffix may not contain any of the characters "
            f"'{_FORBIDDEN_IN_SUFFIX}' (found '{suffix}')"
        )
    return None


def application_privilege_error(name: str) -> str | None:
    """Return why a role cannot hold a privilege of an application: a name, or an action."""
    if _GRAPH.fullmatch(name):
        return None
    return (
        "Application privilege names and actions must match the pattern ^\\p{Graph}*$ "
        f"(found '{name}')"
    )


def _name_error(kind: str, name: str, *, stored: bool) -> str | None:
    longest = _LONGEST if stored else _LONGEST_ANYWHERE
    if _PRINTABLE.fullmatch(name) and name == name.strip(" ") and len(name) <= longest:
        return None
    return (
        f"{kind} names must be at least 1 and no more than {longest} characters. They can contain "
        "alphanumeric characters (a-z, A-Z, 0-9), spaces, punctuation, and printable symbols in "
        "the Basic Latin (ASCII) block. Leading or trailing whitespace is not allowed."
    )
