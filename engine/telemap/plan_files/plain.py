"""Turn what a plan holds into values that `marshal` takes, and back.

A frozen dataclass becomes a tuple of its class's name and its fields, an enumeration's member one of the name and its
value, and a tuple one that begins with "". All else are texts, numbers, truth values, None, and sets of texts.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from telemap import model, path, plan

if TYPE_CHECKING:
    from types import ModuleType

_TUPLE: Final = ""

_HOMES: Final[dict[str, ModuleType]] = {
    **dict.fromkeys(("BoundLabel", "FamilyShape", "Needs"), plan),
    **dict.fromkeys(("Concat", "Constant", "Conversion", "EnvironmentReference", "Exists", "FirstOf"), model),
    **dict.fromkeys(("InstanceReference", "LabelRule", "LiteralText", "MetricType", "Overflow", "Parse"), model),
    **dict.fromkeys(("Parser", "ValueRule"), model),
    **dict.fromkeys(("Path", "Root"), path),
}
"""The classes that a plan may hold, and where each is found when a plan does: a start imports no other."""

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
    if getattr(_HOMES.get(kind.__name__), kind.__name__, None) is not kind:
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
    return getattr(_HOMES[name], name)(*map(from_plain, items))
