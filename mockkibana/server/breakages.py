"""What the server does when an app asks for a breakage instead of an answer."""

from __future__ import annotations

from mockkibana.http.breakages import Breakage, Dribble, Empty, Garbage, Hold, Partial, Reset
from mockkibana.server.connection import Gone
from mockkibana.server.exchange import Exchange


def inflict(breakage: Breakage, exchange: Exchange) -> bool:
    """Do it; return whether the connection can take another request. Raises `Gone`."""
    connection = exchange.connection
    match breakage:
        case Reset():
            connection.reset()
        case Empty():
            pass
        case Garbage(data):
            connection.send(data)
        case Hold():
            connection.hold()
        case Partial(keep=keep):
            _begin(breakage, exchange)
            exchange.write(breakage.body[:keep])
        case Dribble():
            _begin(breakage, exchange)
            return _dribble(breakage, exchange)
    return False


def _begin(breakage: Partial | Dribble, exchange: Exchange) -> None:
    if exchange.begun:
        raise Gone
    headers = [pair for pair in breakage.headers if pair[0].lower() != "content-length"]
    exchange.restart(breakage.status, [*headers, ("content-length", str(len(breakage.body)))])
    exchange.begin()


def _dribble(breakage: Dribble, exchange: Exchange) -> bool:
    stopped = exchange.connection.hosting.stopped
    for start in range(0, len(breakage.body), breakage.size):
        if stopped.wait(breakage.interval):
            raise Gone
        exchange.write(breakage.body[start : start + breakage.size])
    return exchange.finish()
