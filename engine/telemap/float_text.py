"""Format floats like Prometheus and prometheus_client."""

from __future__ import annotations

import math


def float_text(number: float) -> str:
    """Return the text of a sample value or a bucket bound.

    It is Python's shortest text, with an exponent from a million on, as in prometheus_client's `floatToGoString`, with
    which a test compares it.
    """
    if -math.inf < number < 1e6:  # most numbers; False for NaN
        return repr(number)
    if not math.isfinite(number):
        return "NaN" if number != number else "+Inf" if number > 0 else "-Inf"  # noqa: PLR0124 - the test for NaN
    text = repr(number)
    point = text.find(".")
    if point > 6:
        mantissa = f"{text[0]}.{text[1:point]}{text[point + 1 :]}".rstrip("0.")
        return f"{mantissa}e+{point - 1:02d}"
    return text
