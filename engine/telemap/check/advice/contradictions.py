"""Find tests that exclude each other, so that a source can never run."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, TypeAlias

from telemap.check.advice.possible import Possible, Texts
from telemap.model import AllOf, AnyOf, Comparison, Condition, Not
from telemap.path import Path, Root
from telemap.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

_Fact: TypeAlias = tuple[Comparison, bool]
"""A test, and whether it holds."""

_Key: TypeAlias = tuple[Root, object]
"""What two paths share that lead to the same node."""

_MOST_FACTS = 10_000
"""Most facts of all ways in which tests can hold that are looked at: `any` in `all` in `any` multiplies them."""

_TYPE: _Key = (Root.EVENT, ("type",))


class _TooManyError(Exception):
    """There are more ways in which the tests can hold than anyone wants to look at."""


def contradict(condition: Condition, patterns: tuple[str, ...]) -> bool:
    """Return whether a condition can hold of no event of the types that patterns fit."""
    try:
        return all(_is_impossible(facts, patterns) for facts in _ways(condition, holds=True))
    except _TooManyError:
        return False


def _ways(condition: Condition, *, holds: bool) -> list[list[_Fact]]:
    """List the ways in which a condition can hold, or not: each a list of facts that are true together."""
    match condition:
        case Comparison():
            return [[(condition, holds)]]
        case Not(inner):
            return _ways(inner, holds=not holds)
        case AllOf(conditions) | AnyOf(conditions):
            parts = [_ways(inner, holds=holds) for inner in conditions]
            if isinstance(condition, AllOf) is holds:
                return _together(parts)
            return _bounded([way for part in parts for way in part])


def _together(parts: list[list[list[_Fact]]]) -> list[list[_Fact]]:
    """Combine each way of each part with each way of the others."""
    combined: list[list[_Fact]] = [[fact for part in parts if len(part) == 1 for fact in part[0]]]
    for part in parts:
        if len(part) != 1:
            if sum(map(len, combined)) * len(part) > _MOST_FACTS:
                raise _TooManyError
            combined = _bounded([one + other for one, other in product(combined, part)])
    return combined


def _bounded(ways: list[list[_Fact]]) -> list[list[_Fact]]:
    if sum(map(len, ways)) > _MOST_FACTS:
        raise _TooManyError
    return ways


def _is_impossible(facts: list[_Fact], patterns: tuple[str, ...]) -> bool:
    """Return whether facts cannot be true together."""
    nodes: dict[_Key, Possible] = {}
    if patterns:
        texts = Texts(fits=lambda text: any(matches(pattern, text) for pattern in patterns))
        nodes[_TYPE] = Possible(absent=False, truths=set(), texts=texts, members=False)
        nodes[_TYPE].numbers.only = set()
        if not any("*" in pattern for pattern in patterns):
            texts.only = set(patterns)
    for test, holds in facts:
        nodes.setdefault(_key(test.path), Possible()).restrict(test, holds=holds)
    if any(node.none_left for node in nodes.values()):
        return True
    # What is there has something around it that is an object or an array.
    around = (nodes.get(key) for path, node in nodes.items() if not node.absent for key in _prefixes(path))
    return any(node is not None and not node.members for node in around)


def _key(path: Path) -> _Key:
    plain = path.steps is not None and not path.every
    return path.root, path.steps if plain else path.query


def _prefixes(key: _Key) -> Iterator[_Key]:
    root, steps = key
    if isinstance(steps, tuple):
        yield from ((root, steps[:length]) for length in range(len(steps)))
