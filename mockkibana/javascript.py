"""Where JavaScript, in which Kibana is written, sees text and times otherwise than Python."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from mockkibana.clock import iso
from mockkibana.json import Json

WHITE_SPACE = (
    "\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What `trim` takes away and `\\s` matches; Python's `strip` takes U+001C for white space, too."""


def stringify(value: Json) -> str:
    """Return what `JSON.stringify` makes of a value: compact, and no letter escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def to_iso(time: object) -> str:
    """Return `new Date(time).toISOString()` of a JSON value: null is 1970, a number milliseconds.

    Raises ValueError with JavaScript's text for what is no time.
    """
    from mockkibana.javascript_dates import date_of  # a start need not wait for its patterns

    try:
        if isinstance(time, int | float | None):
            return iso(datetime.fromtimestamp((time or 0) / 1000, UTC))
        if isinstance(time, str) and (read := date_of(time)) is not None:
            return iso(read)
    except (ValueError, OverflowError, OSError):
        pass
    raise ValueError("Invalid time value")
