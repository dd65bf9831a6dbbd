"""What became of an event: the values that a trace is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from telemap.model import Condition, DropRule, LabelRule
    from telemap.path import Path, Step
    from telemap.tracing.isolate import LoneSource

CUT_OFF: Final = object()
"""Stands for what a path found where its regex was cut off."""


class Stage(Enum):
    """How far a source came, in the order of the language.

    REGEX is where one took too long, wherever it stands; LIMIT is a sample for whose series there is no room.
    """

    FROM = "from"
    PARSE = "parse"
    EACH = "each"
    WHEN = "when"
    LABELS = "labels"
    VALUE = "value"
    REGEX = "regex"
    LIMIT = "limit"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class Found:
    """What a path found.

    Attributes:
        value: None for nothing (or null), `telemap.path.SEVERAL`, `CUT_OFF`, else a JSON value.
        nearest: where nothing was found, how far the path leads, as text, what is there, and the step that leads
            nowhere from there; None for the step where null is at the end of the path.
        known: whether the schema of the Telemetry API has it for events of this type: its absence is ordinary.
    """

    path: Path
    value: Any
    nearest: tuple[str, Any, Step | None] | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class TestTrace:
    """How a test of `when` came out.

    Attributes:
        holds: None when that could not be decided.
        line: where it is written in the file of its source; None when that is not known.
        found: what its paths found.
        within: the tests that it is made of.
    """

    condition: Condition
    holds: bool | None
    line: int | None
    found: tuple[Found, ...] = ()
    within: tuple[TestTrace, ...] = ()

    __test__ = False  # for pytest: it is none of its tests


@dataclass(frozen=True, slots=True)
class LabelTrace:
    """A label that has no text."""

    name: str
    rule: LabelRule
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class ItemTrace:
    """What a source did with one item of `each`, or with the event where there is no `each`.

    Attributes:
        names: keys or indexes of the item, one for each step of `each`.
        stage: where it stopped; MADE when a sample was made.
        reason: one of `telemap.store.series.SKIP_REASONS`, or the limit that left no room; else empty.
        labels: of the sample.
        amount: what the sample adds, sets or observes, scaled.
        tests: those of `when` that did not hold, when it stopped there.
        invalid: labels without text, when it stopped there.
        values: what the paths of the value found, when it stopped there.
    """

    names: tuple[str | int, ...]
    stage: Stage
    reason: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    amount: float = 0.0
    tests: tuple[TestTrace, ...] = ()
    invalid: tuple[LabelTrace, ...] = ()
    values: tuple[Found, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceTrace:
    """What one source did with an event.

    Attributes:
        stage: where it stopped as a whole; MADE when it came to its items, or to the event where there is no `each`.
        reason: as in `ItemTrace`.
        items: the first of them.
        counts: how many there are of each stage and reason, of all items.
        found: what was to be parsed, or where `each` found nothing.
        step: which step of `each` found nothing, from 1 on.
    """

    lone: LoneSource
    stage: Stage
    reason: str = ""
    items: tuple[ItemTrace, ...] = ()
    counts: dict[tuple[Stage, str], int] = field(default_factory=dict)
    found: Found | None = None
    step: int = 0

    @property
    def made(self) -> int:
        """Count the samples."""
        return sum(count for (stage, _), count in self.counts.items() if stage is Stage.MADE)


@dataclass(frozen=True, slots=True)
class DropTrace:
    """What a rule of `drop` whose patterns fit said of an event.

    Attributes:
        number: which of the mapping's rules, from 1 on, those of included files first.
        drops: whether it takes the event.
        undecided: why it could not decide, one of `telemap.store.counts.UNDECIDED`; else empty.
        test: how its tests came out, if it has any.
    """

    number: int
    rule: DropRule
    drops: bool
    undecided: str = ""
    test: TestTrace | None = None


@dataclass(frozen=True, slots=True)
class EventTrace:
    """What a mapping did with an event.

    Attributes:
        event_type: None for what is no event.
        drops: rules of `drop` whose patterns fit, up to the one that takes the event.
        sources: all that were asked for, in the order of the mapping; none when the event was dropped.
    """

    event_type: str | None
    drops: tuple[DropTrace, ...] = ()
    sources: tuple[SourceTrace, ...] = ()

    @property
    def dropped(self) -> DropTrace | None:
        """Return the rule that takes the event."""
        return next((drop for drop in self.drops if drop.drops), None)
