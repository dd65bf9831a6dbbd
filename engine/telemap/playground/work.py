"""A mapping and events, and what comes of them, each computed when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from telemap.exposition import render
from telemap.playground.given_mapping import metric_names
from telemap.preview.documents import family_document
from telemap.preview.notes import notes
from telemap.preview.trial import Trial, begin
from telemap.tracing.event_budget import EventBudget
from telemap.tracing.locations import TestLines
from telemap.tracing.marks import Marks
from telemap.tracing.tracer import Tracer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from telemap.document.nodes import Document
    from telemap.model import Mapping as EventMapping
    from telemap.plan import Plan
    from telemap.playground.given_events import GivenEvents


class Work:
    """A valid mapping applied to events.

    Args:
        mapping: the mapping.
        plan: the compiled mapping.
        given: the events.
        env: the variables for `${env:NAME}`.
        regex_seconds: CPU time of all regexes in a batch.
        document: returns a document of the mapping by its name, or raises a `MappingError`.
    """

    def __init__(
        self,
        mapping: EventMapping,
        plan: Plan,
        given: GivenEvents,
        env: Mapping[str, str],
        *,
        regex_seconds: float,
        document: Callable[[str], Document],
    ) -> None:
        self.mapping = mapping
        self.plan = plan
        self.given = given
        self.env = env
        self._document = document
        self.regex_seconds = regex_seconds
        self._warnings: dict[str, None] = {}

    @cached_property
    def trial(self) -> Trial:
        """Return the mapping after all events, as `telemap preview` applies it."""
        return self._applied(self.mapping, self.plan, self._warn)

    def trial_of(self, mapping: EventMapping, plan: Plan | None = None) -> Trial:
        """Return another mapping after the same events."""
        return self._applied(mapping, plan, None)

    def _applied(self, mapping: EventMapping, plan: Plan | None, warn: Callable[[str], None] | None) -> Trial:
        trial = begin(mapping, self.env, warn, plan=plan, regex_seconds=self.regex_seconds)
        for batch in self.given.batches:
            trial.apply(batch)
        return trial

    def _warn(self, line: str) -> None:
        self._warnings[line] = None

    @cached_property
    def written_names(self) -> Sequence[str]:
        """Return the names of the mapping's own metrics as they are written, without a prefix."""
        return metric_names(self._document(self.mapping.name).root)

    @cached_property
    def marks(self) -> Marks:
        """Return what became of each event."""
        marks = Marks(
            self.mapping,
            self.plan,
            env=self.env,
            instance=self.trial.store.instance,
            regex_seconds=self.regex_seconds,
        )
        for batch in self.given.batches:
            marks.add(batch)
        return marks

    @cached_property
    def places_of_series(self) -> Sequence[tuple[int, int] | None]:
        """Return for each series of the marks its family and its number in it, as `evaluate` lists them."""
        numbers = [
            {key: number for number, key in enumerate(sorted(series.cells))} for series in self.trial.store.families
        ]
        found = ((one.family, numbers[one.family].get(one.key)) for one in self.marks.series)
        return [None if number is None else (family, number) for family, number in found]

    @cached_property
    def tracer(self) -> Tracer:
        """Return what traces single events."""
        return Tracer(
            self.mapping,
            env=self.env,
            test_lines=TestLines(self._document),
            regex_budget=EventBudget(self.regex_seconds),
        )

    def families(self) -> list[dict[str, Any]]:
        """Return the families of the mapping with their series, in the order in which they are written."""
        store = self.trial.store
        return [
            {
                **family_document(series, store.instance),
                "file": family.place.file,
                "line": family.place.span.line,
                "end_line": family.end_line,
            }
            for family, series in zip(self.mapping.families, store.families, strict=True)
        ]

    def text(self) -> str:
        """Return what `telemap preview` prints."""
        return render(self.trial.store)

    def notes(self) -> list[str]:
        """Return what `telemap preview` reports beside it."""
        found = list(notes(self.trial, len(self.given.events), None))
        return [*self._warnings, *found]
