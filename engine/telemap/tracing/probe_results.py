"""Run the probes of a source: find which tests hold, which labels have no text, and what paths find."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from telemap.events.event_shape import event_types_of, has_field
from telemap.model import AllOf, AnyOf, Comparison, Condition, Not
from telemap.path import Path, Root
from telemap.path.filters import walk
from telemap.tracing.outcomes import CUT_OFF, Found, LabelTrace, TestTrace
from telemap.tracing.probes import (
    DOCUMENT,
    reading,
    reading_text,
    root_of,
)
from telemap.tracing.watch import Skipped, Taken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from telemap.model import LabelRule, Source
    from telemap.path import Step
    from telemap.tracing.probes import Probes
    from telemap.tracing.watch import PlanObserver, Position


class ProbeResults:
    """The results of a source's probes for one event at a time.

    Args:
        probes: the probes of the source.
        source: the source.
        observer: applies the plan of the probes.
    """

    def __init__(self, probes: Probes, source: Source, observer: PlanObserver) -> None:
        self._probes = probes
        self._source = source
        self._types = event_types_of(source.patterns)
        self._event: Any = None
        self._observer = observer

    def run(self, event: Any) -> ProbeResults:
        """Apply the probes to an event, and return the results."""
        self._event = event
        self._observer.apply(event)
        return self

    def failed_tests(self, position: Position) -> tuple[TestTrace, ...]:
        """Return the tests of `when` that do not hold for an item or cannot be decided."""
        trace = self.test(position)
        tests = trace.within if isinstance(trace.condition, AllOf) else (trace,)
        return tuple(test for test in tests if not test.holds)

    def test(self, position: Position) -> TestTrace:
        """Return the result of `when` for an item."""
        assert self._source.when is not None  # noqa: S101 - the caller has checked it
        return self._test(self._source.when, iter(enumerate(self._probes.lines)), position)

    def _test(self, condition: Condition, tests: Iterator[tuple[int, int | None]], position: Position) -> TestTrace:
        number, line = next(tests)
        holds = self._holds(number, position)
        match condition:
            case Comparison():
                return TestTrace(condition, holds, line, self._all_found(condition.paths, position))
            case Not(inner):
                return TestTrace(condition, holds, line, within=(self._test(inner, tests, position),))
            case AllOf(conditions) | AnyOf(conditions):
                within = tuple(self._test(one, tests, position) for one in conditions)
                return TestTrace(condition, holds, line, within=within)

    def _holds(self, number: int, position: Position) -> bool | None:
        note = self._observer.notes.get((number, position))
        if isinstance(note, Taken):
            return True
        was_cut = self._observer.store.families[number].skipped["cut_off"]
        return None if was_cut or isinstance(note, Skipped) else False

    def invalid_labels(self, names: Sequence[str], position: Position) -> tuple[LabelTrace, ...]:
        """Return the labels that have no text for an item."""
        numbered = enumerate(zip(names, self._source.labels, strict=True), len(self._probes.lines))
        return tuple(
            self._label(name, rule, position)
            for number, (name, rule) in numbered
            if isinstance(self._observer.notes.get((number, position)), Skipped)
        )

    def _label(self, name: str, rule: LabelRule, position: Position) -> LabelTrace:
        return LabelTrace(name, rule, self._all_found(rule.paths, position))

    def values(self, position: Position) -> tuple[Found, ...]:
        """Return what the paths of the value found."""
        return self._all_found(self._source.value.paths, position)

    def unparsed(self) -> Found:
        """Return what could not be parsed."""
        assert self._source.parse is not None  # noqa: S101 - the caller has checked it
        path = self._source.parse.path
        value = self._observer.read.get((reading_text(path), ()), CUT_OFF)
        return Found(path, value, None if value is not None else _nearest(path, self._event))

    def no_items(self, path: Path) -> Found:
        """Return what is at the path of `each` instead of items."""
        document = self._observer.read.get((DOCUMENT, ()))
        if path.root is not Root.EVENT or path.steps is None:
            return Found(path, None)
        nodes = walk(document, path.steps)
        value = nodes[0] if nodes else None
        return Found(path, value, None if value is not None else _nearest(path, document))

    def _all_found(self, paths: tuple[Path, ...], position: Position) -> tuple[Found, ...]:
        return tuple(self._found(path, position) for path in paths)

    def _found(self, path: Path, position: Position) -> Found:
        value = self._observer.read.get((reading(path), position), CUT_OFF)
        root = root_of(path)
        if value is not None or root is None:
            return Found(path, value)
        nearest = _nearest(path, self._observer.read.get((reading(root), position)))
        is_known = root.root is Root.EVENT and self._source.parse is None and _is_known(path, self._types)
        return Found(path, None, nearest, is_known)


@cache
def _is_known(path: Path, types: tuple[str, ...]) -> bool:
    return path.steps is not None and has_field(path.text, types)


def _nearest(path: Path, root: Any) -> tuple[str, Any, Step | None] | None:
    """Return how far a path leads from its root, as `Found.nearest`."""
    if path.steps is None:
        return None
    for length in range(len(path.steps), -1, -1):
        nodes = walk(root, path.steps[:length])
        if nodes:
            step = path.steps[length] if length < len(path.steps) else "*" if path.every else None
            return _path_text(path.begin, path.steps[:length]), nodes[0], step
    return None


def _path_text(begin: str, steps: tuple[Step, ...]) -> str:
    texts = (
        f"[{step}]" if isinstance(step, int) else f".{step}" if step.isidentifier() else f"['{step}']" for step in steps
    )
    return (begin.removeprefix(".") + "".join(texts)) or "."
