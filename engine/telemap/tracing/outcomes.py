"""The parts of a trace: what happened to an event."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from telemap.model import Condition, DropRule, LabelRule
    from telemap.path import Path, Step
    from telemap.tracing.isolate import IsolatedSource

CUT_OFF: Final = object()
"""The result of a path whose regex was cut off."""


class Stage(Enum):
    """The stage that a source reached, in order.

    REGEX means that a regex took too long, at any stage; LIMIT, that a series limit is reached.
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
        value: None for nothing (or null), `telemap.path.SEVERAL`, `CUT_OFF`, or a JSON value.
        nearest: if nothing was found: the longest part of the path that leads to a node, that node, and the next step,
            which is None if the path leads to null.
        known: whether the Telemetry API's schema has this path for the event type, so that its absence is normal.
    """

    path: Path
    value: Any
    nearest: tuple[str, Any, Step | None] | None = None
    known: bool = False


@dataclass(frozen=True, slots=True)
class TestTrace:
    """The result of a test of `when`.

    Attributes:
        holds: None if it could not be decided.
        line: its line in the file of its source; None if unknown.
        found: what its paths found.
        within: the tests that it contains.
    """

    condition: Condition
    holds: bool | None
    line: int | None
    found: tuple[Found, ...] = ()
    within: tuple[TestTrace, ...] = ()

    __test__ = False  # pytest would collect it


@dataclass(frozen=True, slots=True)
class LabelTrace:
    """A label without text."""

    name: str
    rule: LabelRule
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class ItemTrace:
    """What a source did with an item of `each`, or with the event if there is no `each`.

    Attributes:
        names: keys or indexes of the item, one for each step of `each`.
        stage: where it stopped; MADE if it made a sample.
        reason: one of `telemap.store.series.SKIP_REASONS`, the limit that is reached, or empty.
        labels: of the sample.
        amount: what the sample adds, sets or observes, scaled.
        tests: the tests of `when` that did not hold, if it stopped there.
        invalid: the labels without text, if it stopped there.
        values: what the paths of the value found, if it stopped there.
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
    """What a source did with an event.

    Attributes:
        stage: where it stopped before its items; MADE if it reached them.
        reason: as in `ItemTrace`.
        items: the first items.
        counts: number of all items by stage and reason.
        found: what could not be parsed, or has no items for `each`.
        step: the number of the step of `each` that found nothing, from 1.
    """

    isolated: IsolatedSource
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
    """What a drop rule that reads an event's type did with the event.

    Attributes:
        number: its number in the mapping, from 1; rules of included files come first.
        drops: whether it drops the event.
        undecided: why it could not decide, one of `telemap.store.counts.UNDECIDED`; empty if it could.
        test: the result of its tests, if it has any.
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
        event_type: None if it is not a telemetry event.
        drops: the drop rules that read its type, up to the one that drops it.
        sources: the traced sources, in the order of the mapping; empty if the event was dropped.
    """

    event_type: str | None
    drops: tuple[DropTrace, ...] = ()
    sources: tuple[SourceTrace, ...] = ()

    @property
    def dropped(self) -> DropTrace | None:
        """Return the rule that drops the event."""
        return next((drop for drop in self.drops if drop.drops), None)
