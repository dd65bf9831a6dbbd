"""Units: what a value is given in, and what the family's name says it is kept in.

Base units are Prometheus's: seconds, bytes, ratios (https://prometheus.io/docs/practices/naming/#base-units).
"""

from __future__ import annotations

UNITS: dict[str, tuple[str, float]] = {
    "ns": ("seconds", 1e-9),
    "us": ("seconds", 1e-6),
    "ms": ("seconds", 0.001),
    "s": ("seconds", 1.0),
    "m": ("seconds", 60.0),
    "h": ("seconds", 3600.0),
    "B": ("bytes", 1.0),
    "KB": ("bytes", 1e3),
    "MB": ("bytes", 1e6),
    "GB": ("bytes", 1e9),
    "KiB": ("bytes", 1024.0),
    "MiB": ("bytes", 1024.0**2),
    "GiB": ("bytes", 1024.0**3),
    "percent": ("ratio", 0.01),
}
"""Each unit's base unit, and the factor to it."""


def base_unit(name: str) -> str | None:
    """Give the base unit that a family's full name states, if it does.

    Args:
        name: full name, such as `http_request_duration_seconds` or `sent_bytes_total`.
    """
    ending = name.removesuffix("_total").rpartition("_")[2]
    return ending if ending in {"seconds", "bytes", "ratio"} and ending != name else None
