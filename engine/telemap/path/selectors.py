"""Evaluate the most common steps of paths without jsonpath-ng.

These are names, indexes, wildcards, slices, several names or indexes, `..name`, and filters with one comparison. A
query with any other step is left to jsonpath-ng. Both find the same nodes, which a test compares, but importing and
setting up jsonpath-ng takes 15 ms of CPU at the start. jsonpath-ng examined all these paths when the mapping was
checked.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from telemap.path import RESERVED
from telemap.path.filters import make_test, walk

if TYPE_CHECKING:
    from collections.abc import Callable

Nodes: TypeAlias = "list[tuple[str | int, Any]]"
"""Nodes with their keys or indexes, in document order, including null."""

Selector: TypeAlias = "Callable[[Any], Nodes]"
"""A step of a path: returns the nodes that it finds from a value."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*"
_QUOTED = r"""'[^'\\\x00-\x1f]+'|"[^"\\\x00-\x1f]+\""""
_INDEX = r"-?[0-9]{1,9}"
_LITERAL = rf"{_QUOTED}|-?(?:0|[1-9][0-9]{{0,14}})(?:\.[0-9]{{1,15}})?|true|false"

_STEP: Final = re.compile(
    rf"""
      \.\. (?: (?P<below> {_NAME} ) | (?P<all_below> \* ) )
    | \. (?: (?P<name> {_NAME} ) | (?P<all> \* ) )
    | \[ (?P<names> (?: {_QUOTED} ) (?: ,(?: {_QUOTED} ) )* ) \]
    | \[ (?P<indexes> {_INDEX} (?: ,{_INDEX} )* ) \]
    | \[ (?P<slice> (?: {_INDEX} )? : (?: {_INDEX} )? ) \]
    | (?P<every> \[\*\] )
    | \[\? (?P<open> \( )? [ ]* @ (?P<target> (?: \.{_NAME} | \[(?: {_QUOTED} )\] | \[{_INDEX}\] )+ )
      (?: [ ]* (?P<operator> == | != | <= | >= | < | > ) [ ]* (?P<literal> {_LITERAL} ) )? [ ]* (?(open) \) ) \]
    """,
    re.VERBOSE,
)

_PART: Final = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<index>{_INDEX})|(?P<name>{_NAME})")


def read_selectors(query: str) -> tuple[Selector, ...] | None:
    """Read a query that starts with `$`; return None if jsonpath-ng is needed."""
    selectors = []
    position = 1
    while position < len(query):
        match = _STEP.match(query, position)
        if match is None or not RESERVED.isdisjoint((match["name"], match["below"])):
            return None
        if match["target"] and _uses_reserved(match["target"]):
            return None
        selectors.append(_selector(match))
        position = match.end()
    return tuple(selectors)


def find(selectors: tuple[Selector, ...], document: Any) -> Nodes:
    """Follow the steps from a document."""
    nodes: Nodes = [("", document)]
    for selector in selectors:
        nodes = [node for _, value in nodes for node in selector(value)]
    return nodes


def _uses_reserved(target: str) -> bool:
    return any(name in RESERVED for name in re.findall(rf"\.({_NAME})", target))


def _selector(match: re.Match[str]) -> Selector:  # noqa: PLR0911 - one return a kind of step
    """Return the function of a step."""
    if target := match["target"]:
        return _filtered(_parts(target), make_test(match["operator"], match["literal"]))
    if below := match["below"]:
        return _below(_named((below,)))
    if match["all_below"]:
        return _below(_all)
    if match["all"] or match["every"]:
        return _all
    if span := match["slice"]:
        return _sliced(*(int(end) if end else None for end in span.split(":")))
    if match["indexes"]:
        return _indexed(tuple(map(int, match["indexes"].split(","))))
    return _named(tuple(str(part) for part in _parts(match["name"] or match["names"])))


def _parts(text: str) -> list[str | int]:
    """Return the names and indexes in a text."""
    return [
        int(part["index"]) if part["index"] else part["name"] or part["quoted"][1:-1] for part in _PART.finditer(text)
    ]


def _named(names: tuple[str, ...]) -> Selector:
    def named(value: Any) -> Nodes:
        return [(name, value[name]) for name in names if name in value] if type(value) is dict else []

    return named


def _indexed(indexes: tuple[int, ...]) -> Selector:
    def indexed(value: Any) -> Nodes:
        if type(value) is not list:
            return []
        length = len(value)
        return [(index % length, value[index]) for index in indexes if -length <= index < length]

    return indexed


def _sliced(first: int | None, end: int | None) -> Selector:
    def sliced(value: Any) -> Nodes:
        return [(index, value[index]) for index in range(len(value))[first:end]] if type(value) is list else []

    return sliced


def _all(value: Any) -> Nodes:
    if type(value) is dict:
        return list(value.items())
    return list(enumerate(value)) if type(value) is list else []


def _below(select: Selector) -> Selector:
    """Follow a step from a value and all its descendants, with a stack, because telemetry can be deep."""

    def below(value: Any) -> Nodes:
        found: Nodes = []
        pending = [value]
        while pending:
            value = pending.pop()
            found += select(value)
            if type(value) is dict:
                pending += reversed(value.values())
            elif type(value) is list:
                pending += reversed(value)
        return found

    return below


def _filtered(steps: list[str | int], holds: Callable[[list[Any]], bool]) -> Selector:
    """Keep the members that fulfil a filter."""

    def filtered(value: Any) -> Nodes:
        return [node for node in _all(value) if holds(walk(node[1], steps))]

    return filtered
