"""What runs: a compiled mapping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.model import LiteralLabel, MetricType, Overflow

Handler: TypeAlias = "Callable[[dict[str, Any]], None]"
"""Takes one event and adds its samples to the store that it was bound to."""


@dataclass(frozen=True, slots=True)
class FamilyShape:
    """What the store and the exposition must know of a family.

    Attributes:
        name: full name.
        label_names: sorted.
        buckets: ascending upper bounds, without +Inf.
        instance_labels: labels that are the instance id in every source.
    """

    name: str
    type: MetricType
    help: str
    label_names: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    series_limit: int = 1000
    overflow: Overflow | None = None
    instance_labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Plan:
    """A compiled mapping; nothing in it changes when it is applied.

    Attributes:
        name: what the user called the mapping.
        sha256: digest of the mapping's text.
        families: in the order of the mapping.
        code: the generated Python source, which defines `bind`.
        bind: makes one handler for each of `exact` and then for each of `patterned`, for one store.
        constants: what the code reads by name: steps of paths, numbers, bucket bounds.
        literals: label values known before any event, but for the environment.
        paths: texts of the paths that jsonpath-ng finds.
        exact: event types that have a handler of their own.
        patterned: patterns of each source that fits more than exact types, in file order.
    """

    name: str
    sha256: str
    families: tuple[FamilyShape, ...]
    code: str
    bind: Callable[..., tuple[Handler, ...]]
    constants: tuple[Any, ...]
    literals: tuple[LiteralLabel, ...]
    paths: tuple[str, ...]
    exact: tuple[str, ...]
    patterned: tuple[tuple[str, ...], ...]
