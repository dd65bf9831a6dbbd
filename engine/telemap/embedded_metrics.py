"""CloudWatch's embedded metric format: documents of metrics, which functions print as log lines.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from telemap.label_text import label_text
from telemap.units import Unit, divisor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK: Final = "_aws"
"""The key that marks such a document."""

_RATE: Final = "/Second"


class _BaseUnit(NamedTuple):
    """A base unit, and how to convert to it: by a division, which is exact, or else by a factor."""

    name: str
    divisor: float = 0.0
    factor: float = 1.0


_BITS: Final = {"Bits": 1, "Kilobits": 10**3, "Megabits": 10**6, "Gigabits": 10**9, "Terabits": 10**12}
"""CloudWatch's units of bits. Prometheus's base unit is the byte, also where bits are usual."""

UNITS: Final = {
    "Seconds": Unit.SECOND,
    "Milliseconds": Unit.MILLISECOND,
    "Microseconds": Unit.MICROSECOND,
    "Bytes": Unit.BYTE,
    "Kilobytes": Unit.KILOBYTE,
    "Megabytes": Unit.MEGABYTE,
    "Gigabytes": Unit.GIGABYTE,
    "Percent": Unit.PERCENT,
}
"""CloudWatch's units that telemap has, too."""


@cache
def _base_units() -> dict[str, _BaseUnit]:
    """Return the base unit of each of CloudWatch's units; `Count` and `None` are not converted.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
    """
    known = {
        word: _BaseUnit(unit.row.base, divisor_of(unit.row.factor), unit.row.factor) for word, unit in UNITS.items()
    }
    known["Terabytes"] = _BaseUnit("bytes", factor=1e12)
    known |= {
        word: _BaseUnit("bytes", 8.0) if bits == 1 else _BaseUnit("bytes", factor=bits / 8)
        for word, bits in _BITS.items()
    }
    rates = {
        f"{word}{_RATE}": unit._replace(name=f"{unit.name}/second")
        for word, unit in known.items()
        if unit.name == "bytes"
    }
    return known | rates


def metric_directives(document: Any) -> list[Any] | None:
    """Return the directives of a document; None if it is none."""
    mark = document.get(MARK) if type(document) is dict else None
    directives = mark.get("CloudWatchMetrics") if type(mark) is dict else None
    return directives if type(directives) is list else None


def metric_definitions(directives: list[Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the name and the unit, if any, of each metric, ignoring anything malformed."""
    for metric in _members(directives, "Metrics"):
        name, unit = (metric.get("Name"), metric.get("Unit")) if type(metric) is dict else (None, None)
        if type(name) is str:
            yield name, unit if type(unit) is str else None


def read_document(document: Any) -> dict[str, Any] | None:
    """Read a document; return None if it is none.

    Returns:
        `namespace` of the first directive; `dimensions`: names and texts of all dimensions; `metrics`: an entry for
        each number of each metric, however often directives name it, with `name`, `value` in the base `unit`,
        `raw_value` and `raw_unit`; `properties`: all other fields.
    """
    directives = metric_directives(document)
    if directives is None:
        return None
    units: dict[str, str | None] = {}
    for name, unit in metric_definitions(directives):
        units.setdefault(name, unit)
    sets = (one if type(one) is list else (one,) for one in _members(directives, "Dimensions"))
    names = dict.fromkeys(name for one in sets for name in one if type(name) is str)
    dimensions = {name: text for name in names if (text := label_text(document.get(name), "")) is not None}
    namespaces = (one.get("Namespace") for one in directives if type(one) is dict)
    return {
        "namespace": next((one for one in namespaces if type(one) is str), None),
        "dimensions": {name: text for name, text in dimensions.items() if text},
        "metrics": [entry for name, unit in units.items() for entry in _entries(name, unit, document.get(name))],
        "properties": {
            name: value
            for name, value in document.items()
            if name != MARK and name not in units and name not in dimensions
        },
    }


def _members(directives: list[Any], name: str) -> Iterator[Any]:
    """Yield the items of the named array of each directive."""
    for directive in directives:
        items = directive.get(name) if type(directive) is dict else None
        if type(items) is list:
            yield from items


def _entries(name: str, unit: str | None, values: Any) -> Iterator[dict[str, Any]]:
    """Yield an entry for each number of a metric."""
    given = unit or "None"
    base = _base_units().get(given)
    for value in values if type(values) is list else (values,):
        if type(value) is float or type(value) is int:
            yield {
                "name": name,
                "value": value if base is None else _converted(value, base),
                "unit": given if base is None else base.name,
                "raw_value": value,
                "raw_unit": unit,
            }


def _converted(value: float, base: _BaseUnit) -> float:
    try:
        return value / base.divisor if base.divisor else value * base.factor
    except OverflowError:  # a whole number beyond the range of floats
        return math.inf
