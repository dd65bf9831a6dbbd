"""Convert the contents of a plan to values for `marshal`, and back.

A frozen dataclass becomes a tuple of its class's name and its fields, an enum member a tuple of its class's name and
its value, and a tuple one that begins with "". Everything else is text, numbers, booleans, None, or sets of text.
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
"""The classes that a plan may contain, with their modules, which a start has imported already."""

_SIMPLE: Final = frozenset({str, int, float, bool, type(None), frozenset})


def to_plain(value: Any) -> Any:
    """Convert a value for `marshal`.

    Raises:
        TypeError: a plan must not contain such a value.
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
    """Reverse `to_plain`."""
    if type(plain) is not tuple:
        return plain
    name, *items = plain
    if name == _TUPLE:
        return tuple(map(from_plain, items))
    return getattr(_HOMES[name], name)(*map(from_plain, items))
