"""The domain faults that every party offers: it is away, slow, untrusted, busy, or broken."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from mockkibana.faults.presets import Preset
from mockkibana.faults.reading import Part
from mockkibana.faults.what import TLS
from mockkibana.json import Json

Make = Callable[[Json], Preset]


def outages(party: str) -> dict[str, Make]:
    """Return what can go wrong with a party, by the names of the domain faults."""
    makers = {
        "down": _down,
        "timeout": _timeout,
        "untrusted": _untrusted,
        "rate-limited": _rate_limited,
        "failing": _failing,
    }
    return {f"{party}-{name}": partial(make, party) for name, make in makers.items()}


def always(party: str, what: dict[str, Json], given: Json = None, **match: Json) -> Preset:
    """Return the preset that does this to every request to a party; it is given nothing."""
    Part({} if given is None else given, "with", ())
    return Preset(({"backend": party, **match},), what)


def _down(party: str, given: Json) -> Preset:
    """Nobody listens where it is; what is seen of it otherwise still answers."""
    return always(party, {"wire": "refused"}, given)


def _timeout(party: str, given: Json) -> Preset:
    """No answer comes in the time that Kibana waits."""
    return always(party, {"timeout": True}, given)


def _untrusted(party: str, given: Json) -> Preset:
    """Its certificate is none that Node takes: `certificate` says what is wrong with it."""
    certificate = Part(given, "with", ("certificate",)).choice("certificate", TLS)
    return always(party, {"tls": certificate or TLS[0]})


def _rate_limited(party: str, given: Json) -> Preset:
    """It says 429, and after how many seconds to try again: `retry_after`."""
    seconds = Part(given, "with", ("retry_after",)).integer("retry_after", 0)
    return always(party, {"status": 429, **({} if seconds is None else {"retry_after": seconds})})


def _failing(party: str, given: Json) -> Preset:
    """It answers an error, a 500 where no `status` is given, in its own words without a `body`."""
    part = Part(given, "with", ("status", "body"))
    what: dict[str, Json] = {"status": part.integer("status", 200, 599) or 500}
    if "body" in part:
        what["body"] = part.value["body"]
    return always(party, what)
