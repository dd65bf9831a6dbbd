"""Turn what a plan holds into values that `marshal` takes, and back.

A frozen dataclass becomes a tuple of its class's name and its fields, an enumeration's member one of the name and its
value, and a tuple one that begins with "". All else are texts, numbers, truth values, None, and sets of texts.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from telemap.model import (
    Concat,
    Constant,
    Conversion,
    EnvironmentReference,
    Exists,
    FirstOf,
    InstanceReference,
    LabelRule,
    LiteralText,
    MetricType,
    Overflow,
    Parse,
    ParseFormat,
    ValueRule,
)
from telemap.path import Path, Root
from telemap.plan import BoundLabel, FamilyShape, Needs

if TYPE_CHECKING:
    from collections.abc import Callable

_TUPLE: Final = ""

_CLASSES: Final[dict[str, Callable[..., Any]]] = {
    made.__name__: made
    for made in (
        BoundLabel,
        Concat,
        Constant,
        Conversion,
        EnvironmentReference,
        Exists,
        FamilyShape,
        FirstOf,
        InstanceReference,
        LabelRule,
        LiteralText,
        MetricType,
        Needs,
        Overflow,
        Parse,
        ParseFormat,
        Path,
        Root,
        ValueRule,
    )
}

_SIMPLE: Final = frozenset({str, int, float, bool, type(None), frozenset})


def to_plain(value: Any) -> Any:
    """Turn a value into what `marshal` takes.

    Raises:
        TypeError: a plan is not supposed to hold such a value.
    """
    kind: type[Any] = type(value)
    if kind in _SIMPLE:
        return value
    if kind is tuple:
        return (_TUPLE, *map(to_plain, value))
    if kind not in _CLASSES.values():
        raise TypeError(f"{kind.__name__} in a plan")
    if isinstance(value, Enum):
        return (kind.__name__, value.value)
    return (kind.__name__, *(to_plain(getattr(value, name)) for name in kind.__match_args__))


def from_plain(plain: Any) -> Any:
    """Turn what `to_plain` gave into the value again."""
    if type(plain) is not tuple:
        return plain
    name, *items = plain
    if name == _TUPLE:
        return tuple(map(from_plain, items))
    return _CLASSES[name](*map(from_plain, items))
