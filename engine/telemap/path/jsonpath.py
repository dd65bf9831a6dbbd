"""The boundary to jsonpath-ng: parse a path, see what it can find, find it."""

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
"""What `find` can raise when a document is not of the shape that a function or an operator wants."""

Find: TypeAlias = "Callable[[Any], list[DatumInContext]]"
Bounding: TypeAlias = "Callable[[Find], Find]"


class _Beginning(JSONPath):
    """What another expression finds, each text cut to what a regex may see of it."""

    def __init__(self, left: JSONPath) -> None:
        self.left = left
        """By this name jsonpath-ng, and `_parts`, look for expressions within expressions."""

    def find(self, datum: Any) -> list[DatumInContext]:
        found = self.left.find(datum)
        return [one if type(one.value) is not str else DatumInContext(one.value[:MAX_TEXT]) for one in found]


class _BoundedRegex:
    """A regex as `sub` uses it, which sees the beginning of a text and leaves it alone where that has no match."""

    def __init__(self, regex: re.Pattern[str]) -> None:
        self._regex = regex

    def sub(self, replacement: str, text: str) -> str:
        replaced, count = self._regex.subn(replacement, text[:MAX_TEXT])
        return replaced if count else text


class Examined(NamedTuple):
    """What a query is.

    Attributes:
        steps: its steps when it turns out to be plain after all, such as `$.record.'two words'`, else None.
        several: the step by which it can find several nodes, if there is one.
        searches: whether a regex is in it.
    """

    steps: tuple[Step, ...] | None
    several: str | None
    searches: bool


def examine(query: str, text: str) -> Examined:
    """Check a query that is not plain at first sight.

    Args:
        query: the path with `$` as its root.
        text: the path as it was written, for messages.

    Raises:
        PathFault: no path of the dialect, or one that telemap refuses.
    """
    expression = _parse(query, text)
    _refuse(expression, text)
    return Examined(_steps(expression), _several(expression), _searches(expression))


def finder(query: str, bounded: Bounding) -> Callable[[Any], Any]:
    """Make the function that finds a path's one node in a document.

    The function returns the value; None when there is no node; `SEVERAL` when there is more than one. A regex in the
    path runs within bounds.

    Args:
        query: the path with `$` as its root.
        bounded: makes a function that does what another does, within bounds of time.
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
    """Make the function that finds all of a path's nodes, each with its key or index, in document order."""
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
    """Keep the regexes of an expression from what is too long for them."""
    for part in _parts(expression):
        if isinstance(part, Expression) and part.op == "=~" and not isinstance(part.target, _Beginning):
            part.target = _Beginning(part.target)
        elif isinstance(part, Sub) and not isinstance(part.regex, _BoundedRegex):
            part.regex = _BoundedRegex(part.regex)  # type: ignore[assignment]  # only `sub` is asked for


def _safely(find: Find, document: Any) -> list[DatumInContext]:
    """Find; a document of a shape that a function of the path cannot take has no nodes."""
    try:
        return find(document)
    except _FAULTS:
        return []


def _key(datum: DatumInContext) -> str | int:
    """Return the object key or array index by which a node was found; an index that counts from the end is turned."""
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
        "a name with other characters than letters, digits and '_' is written ['name']",
    )


@cache
def _parsed(query: str) -> JSONPath | str:
    """Parse a query once; return what is wrong where it is none."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # `|`, which is refused right after
            expression: JSONPath = _PARSER.parse(query)
    except (JSONPathError, DefintionInvalid, *_FAULTS) as error:
        return str(error)
    return expression


def _refuse(expression: JSONPath, text: str) -> None:
    """Refuse what jsonpath-ng gets wrong in some versions, or is giving up."""
    for part in _parts(expression):
        if isinstance(part, Expression) and isinstance(part.value, JSONPath):
            raise PathFault(
                "path-syntax",
                f"path {text!r} compares two paths in a filter",
                "compare with a literal in the filter",
            )
        if type(part).__name__ in {"_Union", "_Intersect", "Union", "Intersect"}:
            raise PathFault("path-syntax", f"path {text!r} uses '|' or '&'", "write one source for each path")
        if isinstance(part, Operation):
            raise PathFault("path-syntax", f"path {text!r} calculates, which telemap does not", "use 'unit' or 'scale'")
        if isinstance(part, Expression) and part.op == "=~":
            _refuse_regex(part.value, text)


def _refuse_regex(pattern: Any, text: str) -> None:
    """Refuse a regex that jsonpath-ng would first compile when it meets text."""
    try:
        re.compile(pattern)
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        raise PathFault(
            "path-syntax", f"path {text!r} searches with no regular expression: {error}", "mend what stands after '=~'"
        ) from error


def regexes(query: str) -> list[str]:
    """Return the regexes in a query that was examined before."""
    parts = _parts(_parse(query, query))
    searched = [str(part.value) for part in parts if isinstance(part, Expression) and part.op == "=~"]
    return [*searched, *(str(part.expr) for part in parts if isinstance(part, Sub))]


def _searches(expression: JSONPath) -> bool:
    """Return whether a regex is in an expression."""
    parts = _parts(expression)
    return any(isinstance(part, Sub) or (isinstance(part, Expression) and part.op == "=~") for part in parts)


def _parts(expression: JSONPath) -> list[JSONPath]:
    """Return an expression and all expressions in it."""
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
    """Name the step by which an expression can find several nodes; a filter does not count."""
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
    """Return the steps of an expression of names and indexes alone."""
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
