"""Find conditions that exclude each other, so that a rule never runs."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final, TypeAlias

from telemap.advice.possible import Possible, Texts, excludes
from telemap.model import AllOf, AnyOf, Comparison, Condition, Not
from telemap.path import Path, Root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.patterns import PatternSet

Fact: TypeAlias = tuple[Comparison, bool]
"""A condition, and whether it holds."""

_Key: TypeAlias = tuple[tuple[Root, int], object]
"""The common value of two paths to the same node."""

_MAX_FACTS = 10_000
"""Maximum number of facts in all ways in which conditions can hold: nested `any` and `all` multiply them."""

_TYPE: _Key = ((Root.EVENT, 0), ("type",))

_MOST: Final = 50_000
"""Maximum number of facts that are compared for all warnings of a mapping: each takes about 10 us."""


class TooMuchError(Exception):
    """A check would take too long, and is skipped."""


class Effort:
    """The remaining work for all warnings about a mapping."""

    def __init__(self) -> None:
        self._left = _MOST

    def spend(self, amount: int) -> None:
        """Count work before it is done.

        Args:
            amount: number of conditions, texts and label sets to compare.

        Raises:
            TooMuchError: the limit is exceeded.
        """
        self._left -= amount
        if self._left < 0:
            raise TooMuchError


class PossibleEvents:
    """What is known of events for which conditions hold, found with limited effort.

    Args:
        condition: the conditions, if any.
        types: the event types; None if they are unknown.
        effort: the limit on the work.
    """

    def __init__(self, condition: Condition | None, types: PatternSet | None, effort: Effort) -> None:
        self._effort = effort
        self._ways: list[_Way] | None
        try:
            ways = [[]] if condition is None else _ways(condition, effort, holds=True)
            self._ways = [way for facts in ways if (way := _Way(facts, types, effort)).is_possible]
        except TooMuchError:
            self._ways = None

    @property
    def none(self) -> bool:
        """Return whether no event can fulfil them."""
        return self._ways is not None and not self._ways

    def are_tested_for(self, path: Path) -> bool:
        """Return whether the conditions restrict the node at a path."""
        return self._ways is not None and any(way.knows(path) for way in self._ways)

    def can_be(self, *facts: Fact) -> bool:
        """Return whether facts can be true of one of them; also True if that is too expensive to find out."""
        if self._ways is None:
            return True
        try:
            self._effort.spend(len(self._ways) * sum(len(test.operands) for test, _ in facts))
        except TooMuchError:
            return True
        return any(way.can_be(facts) for way in self._ways)


class _Way:
    """One way in which conditions can hold, with the possible values of each node.

    Attributes:
        is_possible: whether such an event can exist.
    """

    def __init__(self, facts: list[Fact], types: PatternSet | None, effort: Effort) -> None:
        effort.spend(sum(len(test.operands) for test, _ in facts))
        self._nodes: dict[_Key, Possible] = {}
        if types is not None:
            texts = Texts(types.only, fits=types.fits)
            self._nodes[_TYPE] = Possible(absent=False, truths=set(), texts=texts, members=False)
            self._nodes[_TYPE].numbers.only = set()
        for test, holds in facts:
            self._nodes.setdefault(_key(test.path), Possible()).restrict(test, holds=holds)
        for key in {_key(test.path) for test, _ in facts}:
            effort.spend(self._nodes[key].listed)
            self._nodes[key].settle()
        # The parent of a node that exists is an object or an array.
        self._around = {key for path, node in self._nodes.items() if not node.absent for key in _prefixes(path)}
        self.is_possible = not any(
            node.none_left or (key in self._around and not node.members) for key, node in self._nodes.items()
        )

    def knows(self, path: Path) -> bool:
        """Return whether something is known about the node at a path."""
        return _key(path) in self._nodes

    def can_be(self, facts: tuple[Fact, ...]) -> bool:
        """Return whether facts can be true of such an event."""
        changed: dict[_Key, Possible] = {}
        sets = any(excludes(test, holds=holds) for test, holds in facts)
        for test, holds in facts:
            key = _key(test.path)
            if key not in changed:
                node = self._nodes.get(key)
                changed[key] = node.copy(sets=sets) if node else Possible()
            changed[key].restrict(test, holds=holds)
        return all(self._fits(key, node, changed) for key, node in changed.items())

    def _fits(self, key: _Key, node: Possible, changed: dict[_Key, Possible]) -> bool:
        if node.none_left or (key in self._around and not node.members):
            return False
        if node.absent:
            return True
        around = (changed.get(one) or self._nodes.get(one) for one in _prefixes(key))
        return all(other is None or other.members for other in around)


def _ways(condition: Condition, effort: Effort, *, holds: bool) -> list[list[Fact]]:
    """List the ways in which a condition can hold, or not: each is a list of facts."""
    match condition:
        case Comparison():
            effort.spend(1)
            if condition.convert is not None:  # nothing is known of what converts to which number
                return [[]]
            return [[(condition, holds)]]
        case Not(inner):
            return _ways(inner, effort, holds=not holds)
        case AllOf(conditions) | AnyOf(conditions):
            parts = [_ways(inner, effort, holds=holds) for inner in conditions]
            if isinstance(condition, AllOf) is holds:
                return _together(parts, effort)
            return _bounded([way for part in parts for way in part])


def _together(parts: list[list[list[Fact]]], effort: Effort) -> list[list[Fact]]:
    """Combine each way of each part with each way of the others."""
    combined: list[list[Fact]] = [[fact for part in parts if len(part) == 1 for fact in part[0]]]
    for part in parts:
        if len(part) != 1:
            size = sum(map(len, combined)) * len(part)
            effort.spend(size)
            if size > _MAX_FACTS:
                raise TooMuchError
            combined = _bounded([one + other for one, other in product(combined, part)])
    return combined


def _bounded(ways: list[list[Fact]]) -> list[list[Fact]]:
    if sum(map(len, ways)) > _MAX_FACTS:
        raise TooMuchError
    return ways


def _key(path: Path) -> _Key:
    plain = path.steps is not None and not path.every
    return (path.root, path.up), path.steps if plain else path.query


def _prefixes(key: _Key) -> Iterator[_Key]:
    root, steps = key
    if isinstance(steps, tuple):
        yield from ((root, steps[:length]) for length in range(len(steps)))
