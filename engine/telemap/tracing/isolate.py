"""Isolate each source of a mapping in a mapping of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from telemap.model import Family, Mapping, Source


@dataclass(frozen=True, slots=True)
class IsolatedSource:
    """A source of a mapping, and a mapping with this source only.

    Attributes:
        family: its family, with all sources.
        number: its number in the family, from 1.
        mapping: contains only this source, without `init`; drop rules still apply.
    """

    family: Family
    number: int
    source: Source
    mapping: Mapping


def isolate_sources(mapping: Mapping) -> tuple[IsolatedSource, ...]:
    """Isolate every source of a mapping, in the order of the mapping."""
    return tuple(
        IsolatedSource(family, number, source, only(mapping, family, source))
        for family in mapping.families
        for number, source in enumerate(family.sources, 1)
    )


def only(mapping: Mapping, family: Family, source: Source) -> Mapping:
    """Return the mapping with only this source, which may be modified, in this family."""
    return replace(mapping, families=(replace(family, sources=(source,), init=()),))
