"""The series that exist, by their names in Prometheus: those of the shipped mappings, and telemap's own."""

from __future__ import annotations

import re
from functools import cache

import telemap
from telemap.store.own_metrics import OwnMetrics

READ = ("telemap:platform", "telemap:logs")
ENDINGS = {"summary": ("_sum", "_count"), "histogram": ("_bucket", "_sum", "_count")}
BESIDE = frozenset({"push_time_seconds", "up"})
"""What the Pushgateway and Prometheus say themselves."""


@cache
def series_labels() -> dict[str, frozenset[str]]:
    """Return the labels of each series, the grouping key among them."""
    plans = [telemap.compile(telemap.load(name)) for name in READ]
    own = [family.shape for family in OwnMetrics(plans[0], version="0").families]
    found: dict[str, frozenset[str]] = {name: frozenset({"job", "instance"}) for name in BESIDE}
    for shape in [*own, *(each for plan in plans for each in plan.families)]:
        bound = {"le"} if shape.type.value == "histogram" else set()
        for ending in ENDINGS.get(shape.type.value, ("",)):
            found[shape.name + ending] = frozenset({*shape.label_names, *bound, "job", "instance"})
    return found


def named_in(expression: str) -> set[str]:
    """Find the series that an expression names; not those that rules record, which have colons."""
    return set(re.findall(r"(?<![\w:$])(?:(?:aws_lambda|telemap)_\w+|push_time_seconds|up)\b(?!:)", expression))
