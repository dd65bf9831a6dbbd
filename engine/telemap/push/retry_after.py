"""Parse `Retry-After`: when to retry a refused request (RFC 9110, section 10.2.3)."""

from __future__ import annotations

import time


def seconds_until(header: str | None) -> float:
    """Return the seconds to wait, from a header with seconds or a date; 0 if it has neither."""
    if not header:
        return 0.0
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:10])
    from email.utils import mktime_tz, parsedate_tz  # noqa: PLC0415 - few gateways send a date, and it takes 4 ms

    date = parsedate_tz(text)
    if date is None:
        return 0.0
    try:
        return max(0.0, mktime_tz(date) - time.time())
    except (ValueError, OverflowError):  # no such day
        return 0.0
