"""Each source as a mapping of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.model import Family, Mapping, Source


@dataclass(frozen=True, slots=True)
class LoneSource:
    """One source of a mapping, and the mapping that has nothing else.

    Attributes:
        family: the family that it feeds, with all its sources.
        number: which of the family's sources it is, from 1 on.
        mapping: only this source, in its family, without `init`; rules of `drop` hold as ever.
    """

    family: Family
    number: int
    source: Source
    mapping: Mapping


def lone_sources(mapping: Mapping) -> tuple[LoneSource, ...]:
    """Return every source of a mapping alone, in the order of the mapping."""
    return tuple(
        LoneSource(family, number, source, only(mapping, family, source))
        for family in mapping.families
        for number, source in enumerate(family.sources, 1)
    )


def only(mapping: Mapping, family: Family, source: Source) -> Mapping:
    """Return the mapping that has nothing but this source in this family; the source may be a changed one."""
    return replace(mapping, families=(replace(family, sources=(source,), init=()),))
