"""Numbers as Grafana shows them, and the steps of an axis."""

from __future__ import annotations

import math

_THOUSANDS = ((1e9, " B"), (1e6, " M"), (1e3, " K"), (1.0, ""))
_BYTES = ((2.0**30, " GiB"), (2.0**20, " MiB"), (2.0**10, " KiB"), (1.0, " B"))
_SECONDS = ((3600.0, " h"), (60.0, " min"), (1.0, " s"), (1e-3, " ms"), (1e-6, " µs"))
_SCALES = {"short": _THOUSANDS, "bytes": _BYTES, "s": _SECONDS}


def shown(value: float, unit: str) -> str:
    """Write a value in one of Grafana's units: `short`, `locale`, `percentunit`, `s`, `bytes`."""
    if unit == "percentunit":
        return f"{_rounded(100 * value)}%"
    if unit == "locale":
        return f"{value:,.0f}"
    scale = _SCALES[unit]
    if value == 0:
        return "0" + ("" if unit == "short" else f" {unit[0] if unit == 's' else 'B'}")
    size, name = next((each for each in scale if abs(value) >= each[0] * 0.9999), scale[-1])
    return f"{_rounded(value / size)}{name}"


def steps(top: float, unit: str, wanted: int = 4) -> list[float]:
    """Return round values from 0 to at least `top`, some `wanted` of them."""
    base = 1.0
    if unit == "bytes" and top > 0:
        base = 2.0 ** (10 * math.floor(math.log2(top) / 10))
        factors = [2.0**power for power in range(-3, 10)]
    else:
        factors = [one * 10.0**power for power in range(-7, 10) for one in (1, 2, 5)]
    least = max(top, 1e-6) / base / wanted
    step = base * next(factor for factor in factors if factor >= least * 0.9999)
    if unit == "short":
        step = max(step, 1.0)
    return [number * step for number in range(math.ceil(max(top, step) / step * 0.9999) + 1)]


def _rounded(value: float) -> str:
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
