"""The plan: a compiled mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from telemap.patterns import is_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from typing import Protocol

    from telemap.model import Conversion, KnownText, LabelRule, MetricType, Overflow, Parse, ValueRule

    class BoundCells(Protocol):
        """Finds the cells of a family."""

        def constant(self, key: tuple[str, ...], /) -> tuple[Sequence[list[float] | None], Callable[[], list[float]]]:
            """Return a list with the cell of a key, or None if it is not known, and the function that finds it."""

        def by_labels(
            self, open_positions: tuple[int, ...], /, *takes: tuple[int, Callable[[str], None]]
        ) -> tuple[dict[Any, list[float]], Callable[[Any, tuple[str, ...]], list[float]]]:
            """Return the known cells by values of an event, and the function that finds the others."""

    class BoundFamily(Protocol):
        """The interface of a family for generated code."""

        @property
        def known(self) -> BoundCells:
            """Return the object that finds its cells."""

        def bound(self) -> tuple[Callable[..., None], ...]:
            """Return the functions to call for skipped samples."""


Handler: TypeAlias = "Callable[[dict[str, Any]], bool | None]"
"""Adds the samples of an event to the store that it is bound to; returns True to drop the event."""


@dataclass(frozen=True, slots=True)
class FamilyShape:
    """The properties of a family for the store and the exposition.

    Attributes:
        name: full name.
        label_names: sorted.
        buckets: ascending upper bounds, without +Inf.
        instance_labels: labels whose value is the instance id in every source.
        expire: seconds after which a series without samples expires; None for never.
        start: initial value of a series with a single value.
        init: label values of the series that exist from the start.
        adds: whether values of several processes can be added; not if a gauge is set or keeps a minimum or maximum.
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
    """A label of the long form, with its family.

    Attributes:
        family: number of the family in the plan.
        name: the label's name; sources of a family share the `max_values` of labels with the same name.
    """

    rule: LabelRule
    family: int
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    """The values that generated code refers to by name, apart from the families, in the order of their names.

    Attributes:
        constants: steps of paths, numbers, texts, bucket bounds (`k0`, ...).
        literals: texts that do not depend on events, except for the environment (`t0`, ...).
        finders: queries for one node (`find0`, ...).
        every: queries for all nodes (`every0`, ...).
        parsers: parsers of text (`parse0`, ...).
        labels: labels of the long form (`label0`, ...).
        values: values of the long form (`value0`, ...).
        conversions: conversions of tests (`convert0`, ...).
        regexes: patterns that tests search for (`search0`, ...).
        guarded: number of the family of each source that regexes can cut off, None for drop rules (`live0`, `cut0`,
            ...).
    """

    constants: tuple[Any, ...]
    literals: tuple[KnownText, ...]
    finders: tuple[str, ...]
    every: tuple[str, ...]
    parsers: tuple[Parse, ...]
    labels: tuple[BoundLabel, ...]
    values: tuple[ValueRule, ...]
    conversions: tuple[Conversion, ...]
    regexes: tuple[str, ...]
    guarded: tuple[int | None, ...]

    @property
    def has_regexes(self) -> bool:
        """Return whether any regex runs for events."""
        return bool(self.regexes or self.guarded or any(parse.regex or parse.path.searches for parse in self.parsers))


class Bindings(NamedTuple):
    """The objects that the names in generated code are bound to, for one store.

    Attributes:
        finders: each returns the node that a query finds.
        every: each returns all nodes that a query finds, with their names.
        labels: functions of labels, each with the function that counts values for `max_values`, if any.
        guarded: for each source that regexes can cut off: whether it is on, the function to call if it is cut off, and
            the one to call if it is off.
        families: in the order of the plan.
        clock: a list with the time of the batch, in seconds.
        undecided: called for an event about which a drop rule cannot decide.
    """

    constants: tuple[Any, ...]
    literals: tuple[str, ...]
    finders: tuple[Callable[[Any], Any], ...]
    every: tuple[Callable[[Any], Collection[tuple[str | int, Any]]], ...]
    parsers: tuple[Callable[[Any], Any], ...]
    labels: tuple[tuple[Callable[..., str | None], Callable[[str], None] | None], ...]
    values: tuple[Callable[[Any], Any], ...]
    conversions: tuple[Callable[[Any], Any], ...]
    regexes: tuple[Callable[[str], Any], ...]
    guarded: tuple[tuple[list[bool], Callable[[Any], None], Callable[[], None]], ...]
    families: Sequence[BoundFamily]
    clock: list[float]
    undecided: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled mapping; it is immutable.

    Attributes:
        name: the name of the mapping, as given by the user.
        sha256: digest of the mapping's text.
        families: in the order of the mapping.
        series_limit_total: most series per process.
        code: the generated Python source.
        bind: returns the handlers for a store: one each for `groups`, then for `alone`, then for `drops`.
        needs: the values for `bind`.
        sources: event types and patterns of each source, in file order.
        groups: numbers of the sources that one handler runs together.
        alone: numbers of the sources that have a handler of their own.
        drops: patterns of each drop rule.
        dropped_whole: patterns of drop rules without tests.
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
        """Return the event types and patterns of each source that has a pattern, in file order."""
        return tuple(patterns for patterns in self.sources if any(map(is_pattern, patterns)))
