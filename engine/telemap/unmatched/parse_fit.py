"""Find the log text that a mapping does not read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from telemap.compiler import compile as compile_mapping
from telemap.model import MetricType
from telemap.runtime.regexes import PATIENT_BATCH_SECONDS
from telemap.store import Store
from telemap.tracing.probes import bare_source, probe_family
from telemap.unmatched.locations import AS_IT_IS, MESSAGE, RECORD
from telemap.unmatched.read_paths import read_paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from telemap.model import Family, Mapping
    from telemap.plan import Handler
    from telemap.unmatched.locations import Place


class _Route(NamedTuple):
    """What becomes of the text of an event type.

    Attributes:
        handlers: drop rules, and the parsers, as sources of one counter.
        places: the places whose text a source reads without parsing it.
    """

    handlers: Sequence[Handler]
    places: frozenset[Place]


class ParseFit:
    """Decide whether a mapping reads the text of an event: whether it fits the `parse` of any of its sources.

    Args:
        mapping: the mapping.
        regex_seconds: CPU time of all regexes for an event.
    """

    def __init__(self, mapping: Mapping, *, regex_seconds: float = PATIENT_BATCH_SECONDS) -> None:
        plain = (
            replace(family, sources=tuple(source for source in family.sources if source.parse is None))
            for family in mapping.families
        )
        self._plain = replace(mapping, families=tuple(plain))
        sources = {
            (source.patterns, source.parse): (family, source)
            for family in mapping.families
            for source in family.sources
            if source.parse is not None
        }
        families: tuple[Family, ...] = ()
        if sources:
            bare = tuple(replace(bare_source(source), each=()) for _, source in sources.values())
            some = next(iter(sources.values()))
            families = (replace(probe_family(some[0], "fits_total", bare[0]), sources=bare, type=MetricType.COUNTER),)
        self._store = Store(compile_mapping(replace(mapping, families=families)), env={}, regex_seconds=regex_seconds)
        self._routes: dict[str, _Route] = {}

    def is_unread(self, event: dict[str, Any], place: Place) -> bool:
        """Return whether no source reads the text at a place of an event.

        Args:
            event: the event.
            place: `RECORD` or `MESSAGE`.
        """
        route = self._routes.get(event["type"]) or self._route(event["type"])
        if place in route.places:
            return False
        before = self._fitting()
        budget = self._store.regex_budget
        budget.begin()
        try:
            is_dropped = any(handle(event) for handle in route.handlers)
        finally:
            budget.end()
        return not is_dropped and self._fitting() == before

    def _fitting(self) -> float:
        """Return how often a parser has fitted an event."""
        return sum(cell[0] for series in self._store.families for cell in series.cells.values())

    def _route(self, event_type: str) -> _Route:
        reads = read_paths(self._plain, event_type)
        route = _Route(
            self._store.handlers(event_type),
            frozenset(place for place in (RECORD, MESSAGE) if reads.reads(AS_IT_IS, place)),
        )
        self._routes[event_type] = route
        return route
