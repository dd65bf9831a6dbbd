"""Show the idea on one event: the event, the lines of the mapping that read it, and the series that they make."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

from telemap.apply import apply
from telemap.compiler import compile as compile_mapping
from telemap.exposition import render
from telemap.resources import mapping_path
from telemap.store import Store
from telemap.tracing.outcomes import Stage
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.model import Family, Mapping

_MAX_EVENTS: Final = 200
"""Events that are tried."""

_MAX_METRICS: Final = 2
_MAX_LINES: Final = 30
"""Most lines of an event and of a metric."""


def idea_lines(mapping: Mapping, events: Sequence[Any]) -> Iterator[str]:
    """Describe what two metrics make of the event that most metrics read; yield nothing if none reads any.

    Metrics that read all event types are left out: they show nothing of an event.
    """
    best = max((_readers(mapping, event) for event in events[:_MAX_EVENTS]), key=lambda one: len(one[1]), default=None)
    if best is None or not best[1]:
        return
    event, families = best[0], best[1][:_MAX_METRICS]
    yield "One event of the recording:"
    yield ""
    yield from _indented(json.dumps(event, indent=2).split("\n"))
    yield ""
    yield f"What {mapping.name} says about it:"
    yield ""
    for family in families:
        yield from _indented(_lines_of(family))
        yield ""
    yield "What becomes of it:"
    yield ""
    yield from _indented(_series(mapping, families, event))


def _readers(mapping: Mapping, event: Any) -> tuple[Any, list[Family]]:
    """Return an event, and the metrics of which it makes a sample."""
    found: dict[str, Family] = {}
    for source in Tracer(mapping, wanted=_is_specific, env={}).trace(event).sources:
        if any(item.stage is Stage.MADE for item in source.items):
            found.setdefault(source.isolated.family.name, source.isolated.family)
    return event, list(found.values())


def _is_specific(family: Family) -> bool:
    return all("*" not in source.patterns for source in family.sources)


def _lines_of(family: Family) -> list[str]:
    """Return the lines of a metric in its file."""
    lines = mapping_path(family.place.file).read_text(encoding="utf-8-sig").split("\n")[family.place.span.line - 1 :]
    depth = len(lines[0]) - len(lines[0].lstrip())
    length = next(
        (at for at, line in enumerate(lines) if at and line.strip() and len(line) - len(line.lstrip()) <= depth),
        len(lines),
    )
    return dedent("\n".join(lines[:length])).rstrip().split("\n")


def _series(mapping: Mapping, families: Sequence[Family], event: Any) -> list[str]:
    """Return the series of some metrics after one event."""
    plan = compile_mapping(mapping)
    names = tuple(family.name for family in families)
    text = render(apply(plan, (event,), Store(plan, env={})))
    return [line for line in text.split("\n") if line.startswith(names)]


def _indented(lines: Sequence[str]) -> Iterator[str]:
    yield from (f"    {line}" if line else "" for line in lines[:_MAX_LINES])
    if len(lines) > _MAX_LINES:
        yield f"    ... and {len(lines) - _MAX_LINES} more lines"
