"""What runs: a compiled mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from telemap.patterns import is_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Protocol

    from telemap.model import KnownText, LabelRule, MetricType, Overflow, Parse, ValueRule

    class BoundCells(Protocol):
        """What finds the cells of a family."""

        def constant(self, key: tuple[str, ...], /) -> tuple[Sequence[list[float] | None], Callable[[], list[float]]]:
            """Return a list whose only item is the cell of a key when it is known, and the function that finds it."""

        def by_labels(
            self, open_positions: tuple[int, ...], /, *takes: tuple[int, Callable[[str], None]]
        ) -> tuple[dict[Any, list[float]], Callable[[Any, tuple[str, ...]], list[float]]]:
            """Return the cells that are known, by what an event holds, and the function that finds the others."""

    class BoundFamily(Protocol):
        """A family as generated code sees it."""

        @property
        def known(self) -> BoundCells:
            """Return what finds its cells."""

        def bound(self) -> tuple[Callable[..., None], ...]:
            """Return what is called when no sample is taken."""


Handler: TypeAlias = "Callable[[dict[str, Any]], bool | None]"
"""Takes one event and adds its samples to the store that it was bound to; True says that the event is dropped."""


@dataclass(frozen=True, slots=True)
class FamilyShape:
    """What the store and the exposition must know of a family.

    Attributes:
        name: full name.
        label_names: sorted.
        buckets: ascending upper bounds, without +Inf.
        instance_labels: labels that are the instance id in every source.
        expire: seconds after which a series without samples is forgotten; None for never.
        start: the value that a series of one value begins with.
        init: label values of the series that exist from the start.
        adds: whether the values of several processes can be added up; those of gauges that are set, or keep a minimum
            or maximum, cannot.
    """

    name: str
    type: MetricType
    help: str
    label_names: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    series_limit: int = 1000
    overflow: Overflow | None = None
    instance_labels: frozenset[str] = frozenset()
    expire: float | None = None
    start: float = 0.0
    init: tuple[tuple[KnownText, ...], ...] = ()
    adds: bool = True


@dataclass(frozen=True, slots=True)
class BoundLabel:
    """A label of the long form, and whose it is.

    Attributes:
        family: number of the family in the plan.
        name: the label's name; sources of a family that bound the same label share its `max_values`.
    """

    rule: LabelRule
    family: int
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What the generated code reads by name, apart from the families; each tuple in the order of its names.

    Attributes:
        constants: steps of paths, numbers, texts, bucket bounds (`k0`, ...).
        literals: texts known before any event, but for the environment (`t0`, ...).
        finders: queries of which one node is wanted (`find0`, ...).
        every: queries of which all nodes are wanted (`every0`, ...).
        parsers: how text is parsed (`parse0`, ...).
        labels: labels of the long form (`label0`, ...).
        values: values of the long form (`value0`, ...).
        regexes: patterns that tests search for (`search0`, ...).
        guarded: families, by number, of the sources that regexes can cut off, None for rules of `drop` (`live0`,
            `cut0`, ...).
    """

    constants: tuple[Any, ...]
    literals: tuple[KnownText, ...]
    finders: tuple[str, ...]
    every: tuple[str, ...]
    parsers: tuple[Parse, ...]
    labels: tuple[BoundLabel, ...]
    values: tuple[ValueRule, ...]
    regexes: tuple[str, ...]
    guarded: tuple[int | None, ...]

    @property
    def has_regexes(self) -> bool:
        """Return whether any regex runs per event."""
        return bool(self.regexes or self.guarded or any(parse.regex or parse.path.searches for parse in self.parsers))


class Bindings(NamedTuple):
    """What the names in generated code are bound to, for one store: what `Needs` has, made, and the store's own.

    Attributes:
        finders: each returns the node that a query finds.
        every: each returns all nodes that a query finds, with their names.
        labels: functions of labels, each with the one that notes a text that was taken, if any does.
        guarded: for each source that regexes can cut off: whether it is on, what is called when it is cut off, and what
            is called when it is off.
        families: in the order of the plan.
        clock: a list whose only item is the time of the batch, in seconds.
        undecided: called for an event about which a rule of `drop` cannot decide.
    """

    constants: tuple[Any, ...]
    literals: tuple[str, ...]
    finders: tuple[Callable[[Any], Any], ...]
    every: tuple[Callable[[Any], Collection[tuple[str | int, Any]]], ...]
    parsers: tuple[Callable[[Any], Any], ...]
    labels: tuple[tuple[Callable[..., str | None], Callable[[str], None] | None], ...]
    values: tuple[Callable[[Any], Any], ...]
    regexes: tuple[Callable[[str], Any], ...]
    guarded: tuple[tuple[list[bool], Callable[[Any], None], Callable[[], None]], ...]
    families: Sequence[BoundFamily]
    clock: list[float]
    undecided: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled mapping; nothing in it changes when it is applied.

    Attributes:
        name: what the user called the mapping.
        sha256: digest of the mapping's text.
        families: in the order of the mapping.
        series_limit_total: most series in one process.
        code: the generated Python source.
        bind: makes the handlers for one store: one each for `groups`, then for `alone`, then for `drops`.
        needs: what `bind` is given.
        sources: event types and patterns of each source, in file order.
        groups: numbers of the sources that one handler runs together.
        alone: numbers of the sources that have a handler of their own.
        drops: patterns of each rule of `drop`.
        dropped_whole: patterns of rules of `drop` without tests.
    """

    name: str
    sha256: str
    families: tuple[FamilyShape, ...]
    series_limit_total: int
    code: str
    bind: Callable[[Bindings], tuple[Handler, ...]]
    needs: Needs
    sources: tuple[tuple[str, ...], ...]
    groups: tuple[tuple[int, ...], ...]
    alone: tuple[int, ...]
    drops: tuple[tuple[str, ...], ...]
    dropped_whole: tuple[str, ...]

    @property
    def exact(self) -> tuple[str, ...]:
        """Return the event types that sources name in full, in file order."""
        named = (text for patterns in self.sources for text in patterns if not is_pattern(text))
        return tuple(dict.fromkeys(named))

    @property
    def patterned(self) -> tuple[tuple[str, ...], ...]:
        """Return the patterns of each source that fits more than exact types, in file order."""
        return tuple(patterns for patterns in self.sources if any(map(is_pattern, patterns)))
