"""The boundary to jsonpath-ng: parse, examine and evaluate paths."""

from __future__ import annotations

import re
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from jsonpath_ng import Child, DatumInContext, Descendants, Fields, Index, JSONPath, Root, Slice, Where, Wildcard
from jsonpath_ng.exceptions import JSONPathError
from jsonpath_ng.ext.arithmetic import Operation
from jsonpath_ng.ext.filter import Expression
from jsonpath_ng.ext.iterable import Keys
from jsonpath_ng.ext.parser import ExtendedJsonPathParser
from jsonpath_ng.ext.string import DefintionInvalid, Sub

from telemap.path import MAX_TEXT, SEVERAL, PathFault, Step

if TYPE_CHECKING:
    from collections.abc import Callable

_PARSER: Final = ExtendedJsonPathParser()

_FAULTS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
    re.error,
)
"""Exceptions of `find` if a document does not have the shape that a function or operator needs."""

Find: TypeAlias = "Callable[[Any], list[DatumInContext]]"
Bounding: TypeAlias = "Callable[[Find], Find]"


class _Beginning(JSONPath):
    """An expression that truncates the texts of another one to what a regex may see."""

    def __init__(self, left: JSONPath) -> None:
        self.left = left
        """The name under which jsonpath-ng and `_parts` look for nested expressions."""

    def find(self, datum: Any) -> list[DatumInContext]:
        found = self.left.find(datum)
        return [one if type(one.value) is not str else DatumInContext(one.value[:MAX_TEXT]) for one in found]


class _BoundedRegex:
    """The regex of `sub`, which sees the start of a text and returns text without a match unchanged."""

    def __init__(self, regex: re.Pattern[str]) -> None:
        self._regex = regex

    def sub(self, replacement: str, text: str) -> str:
        replaced, count = self._regex.subn(replacement, text[:MAX_TEXT])
        return replaced if count else text


class Examined(NamedTuple):
    """The properties of a query.

    Attributes:
        steps: its steps if it is equivalent to a plain path, such as `$.record.'two words'`; otherwise None.
        several: the step that can find several nodes, if any.
        searches: whether it has a regex.
    """

    steps: tuple[Step, ...] | None
    several: str | None
    searches: bool


def examine(query: str, text: str) -> Examined:
    """Check a complex query.

    Args:
        query: the path with `$` as its root.
        text: the path as written, for messages.

    Raises:
        PathFault: it is invalid or unsupported.
    """
    expression = _parse(query, text)
    _refuse(expression, text)
    return Examined(_steps(expression), _several(expression), _searches(expression))


def finder(query: str, bounded: Bounding) -> Callable[[Any], Any]:
    """Return a function that finds the only node of a path in a document.

    The function returns the value, None if there is no node, or `SEVERAL` if there is more than one. A regex in the
    path runs within its budget.

    Args:
        query: the path with `$` as its root.
        bounded: wraps a function so that it runs within a budget of time.
    """
    find = _finding(query, bounded)

    def find_one(document: Any) -> Any:
        found = _safely(find, document)
        values = [datum.value for datum in found if datum.value is not None]
        if not values:
            return None
        return values[0] if len(values) == 1 else SEVERAL

    return find_one


def every_finder(query: str, bounded: Bounding) -> Callable[[Any], list[tuple[str | int, Any]]]:
    """Return a function that finds all nodes of a path with their keys or indexes, in document order."""
    find = _finding(query, bounded)

    def find_every(document: Any) -> list[tuple[str | int, Any]]:
        return [(_key(datum), datum.value) for datum in _safely(find, document) if datum.value is not None]

    return find_every


def _finding(query: str, bounded: Bounding) -> Find:
    expression = _parse(query, query)
    find: Find = expression.find
    if not _searches(expression):
        return find
    _shorten(expression)
    return bounded(find)


def _shorten(expression: JSONPath) -> None:
    """Truncate the texts that the regexes of an expression see."""
    for part in _parts(expression):
        if isinstance(part, Expression) and part.op == "=~" and not isinstance(part.target, _Beginning):
            part.target = _Beginning(part.target)
        elif isinstance(part, Sub) and not isinstance(part.regex, _BoundedRegex):
            part.regex = _BoundedRegex(part.regex)  # type: ignore[assignment]  # only `sub` is asked for


def _safely(find: Find, document: Any) -> list[DatumInContext]:
    """Evaluate an expression; a document that a function of the path does not support has no nodes."""
    try:
        return find(document)
    except _FAULTS:
        return []


def _key(datum: DatumInContext) -> str | int:
    """Return the key or index of a node; negative indexes become positive."""
    match datum.path:
        case Fields(fields=(name,)):
            return str(name)
        case Index(indices=(index,)):
            array = datum.context.value if datum.context else ()
            return int(index) if index >= 0 else int(index) + len(array)
    return ""


def _parse(query: str, text: str) -> JSONPath:
    found = _parsed(query)
    if isinstance(found, JSONPath):
        return found
    raise PathFault(
        "path-syntax",
        f"{text!r} is not a JSON path: {found}",
        "write a name with characters other than letters, digits and '_' as ['name']",
    )


@cache
def _parsed(query: str) -> JSONPath | str:
    """Parse a query once; return the error if it is invalid."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # `|`, which is refused later
            expression: JSONPath = _PARSER.parse(query)
    except (JSONPathError, DefintionInvalid, *_FAULTS) as error:
        return str(error)
    return expression


def _refuse(expression: JSONPath, text: str) -> None:
    """Refuse features that are wrong in some versions of jsonpath-ng, or deprecated."""
    for part in _parts(expression):
        if isinstance(part, Expression) and isinstance(part.value, JSONPath):
            raise PathFault(
                "path-syntax",
                f"path {text!r} compares two paths in a filter",
                "compare with a literal",
            )
        if type(part).__name__ in {"_Union", "_Intersect", "Union", "Intersect"}:
            raise PathFault("path-syntax", f"path {text!r} uses '|' or '&'", "write one rule per path")
        if isinstance(part, Operation):
            raise PathFault(
                "path-syntax", f"path {text!r} contains arithmetic, which is not supported", "use 'unit' or 'scale'"
            )
        if isinstance(part, Expression) and part.op == "=~":
            _refuse_regex(part.value, text)


def _refuse_regex(pattern: Any, text: str) -> None:
    """Refuse an invalid regex, which jsonpath-ng would only compile when it evaluates text."""
    try:
        re.compile(pattern)
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        raise PathFault(
            "path-syntax", f"path {text!r} has an invalid regular expression: {error}", "fix the regex after '=~'"
        ) from error


def regexes(query: str) -> list[str]:
    """Return the regexes in an examined query."""
    parts = _parts(_parse(query, query))
    searched = [str(part.value) for part in parts if isinstance(part, Expression) and part.op == "=~"]
    return [*searched, *(str(part.expr) for part in parts if isinstance(part, Sub))]


def _searches(expression: JSONPath) -> bool:
    """Return whether an expression has a regex."""
    parts = _parts(expression)
    return any(isinstance(part, Sub) or (isinstance(part, Expression) and part.op == "=~") for part in parts)


def _parts(expression: JSONPath) -> list[JSONPath]:
    """Return an expression and all nested ones."""
    found: list[JSONPath] = []
    pending: list[Any] = [expression]
    while pending:
        part = pending.pop()
        if isinstance(part, JSONPath):
            found.append(part)
            pending.extend(getattr(part, name, None) for name in ("left", "right", "target", "value"))
            for name in ("expressions", "operands"):
                pending.extend(getattr(part, name, None) or ())
    return found


def _several(expression: JSONPath) -> str | None:  # noqa: PLR0911 - one return a kind of step
    """Return the step that can find several nodes; filters do not count."""
    match expression:
        case Child() | Operation():
            return _several(expression.left) or _several(expression.right)
        case Where():
            return _several(expression.left)
        case Wildcard():
            return "'*'"
        case Descendants():
            return "'..'"
        case Slice():
            return "a slice"
        case Keys():
            return "`keys`"
        case Fields() if len(expression.fields) > 1 or "*" in expression.fields:
            return "several names"
        case Index() if len(expression.indices) > 1:
            return "several indexes"
    return None


def _steps(expression: JSONPath) -> tuple[Step, ...] | None:
    """Return the steps of an expression that has only names and indexes."""
    match expression:
        case Root():
            return ()
        case Child() if not isinstance(expression.right, Root):
            left, right = _steps(expression.left), _steps(expression.right)
            return None if left is None or right is None else left + right
        case Fields() if len(expression.fields) == 1 and "*" not in expression.fields:
            return tuple(expression.fields)
        case Index() if len(expression.indices) == 1:
            return tuple(expression.indices)
    return None
