"""What the server does when an app asks for a wire fault instead of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockkibana.http.wire_faults import Dribble, Empty, Fault, Garbage, Hold, Partial, Reset
from mockkibana.server.connection import Gone

if TYPE_CHECKING:
    from mockkibana.server.exchange import Exchange


def inflict(fault: Fault, exchange: Exchange) -> bool:
    """Do it; return whether the connection can take another request. Raises `Gone`."""
    connection = exchange.connection
    match fault:
        case Reset():
            connection.reset()
        case Empty():
            pass
        case Garbage(data):
            connection.send(data)
        case Hold():
            connection.hold()
        case Partial(keep=keep):
            _begin(fault, exchange)
            exchange.write(fault.body[:keep])
        case Dribble():
            _begin(fault, exchange)
            return _dribble(fault, exchange)
    return False


def _begin(fault: Partial | Dribble, exchange: Exchange) -> None:
    if exchange.begun:
        raise Gone
    headers = [pair for pair in fault.headers if pair[0].lower() != "content-length"]
    exchange.restart(fault.status, [*headers, ("content-length", str(len(fault.body)))])
    exchange.begin()


def _dribble(fault: Dribble, exchange: Exchange) -> bool:
    stopped = exchange.connection.hosting.stopped
    for start in range(0, len(fault.body), fault.size):
        if stopped.wait(fault.interval):
            raise Gone
        exchange.write(fault.body[start : start + fault.size])
    return exchange.finish()
