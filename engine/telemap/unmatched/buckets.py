"""Choose buckets for a range of values."""

from __future__ import annotations

import math

from telemap.float_text import float_text

_DEFAULT_START = 0.001
_DEFAULT_COUNT = 14
_LEAST_START = 1e-6
_MOST_SECONDS = 1e9
_LEAST_BUCKETS = 10
_MOST_BUCKETS = 16
_MARKS = (1.0, 2.5, 5.0)
_SPARE = 4.0
"""Factor by which the buckets extend beyond the range at either end."""


def seconds_buckets(least: float, most: float) -> str:
    """Return exponential buckets for seconds, as YAML, from a round number below the range to above it."""
    if not 0 < most < math.inf:
        return _write(_DEFAULT_START, 2, _DEFAULT_COUNT)
    most = min(most, _MOST_SECONDS)
    start = _round_down(max(min(least, most) if least > 0 else most / 1000, _LEAST_START) / _SPARE)
    for factor in (2, 4, 10):
        count = 1 + max(1, math.ceil(math.log(most * _SPARE / start, factor)))
        if count <= _MOST_BUCKETS:
            break
    return _write(start, factor, min(max(count, _LEAST_BUCKETS), _MOST_BUCKETS))


def _round_down(value: float) -> float:
    """Round down to 1, 2.5 or 5 times a power of ten."""
    power = math.floor(math.log10(value))
    digits = value / 10**power
    mark = max((mark for mark in _MARKS if mark <= digits * (1 + 1e-9)), default=1.0)
    return float(f"{mark}e{power}")


def _write(start: float, factor: int, count: int) -> str:
    return f"{{exponential: {{start: {float_text(start)}, factor: {factor}, count: {count}}}}}"
