"""Unique names for drafted families and their labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.unmatched.guesses import words
from telemap.unmatched.locations import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemap.unmatched.locations import Place

_IGNORED = frozenset({"record", "metrics"})
"""Names on the way to a place that carry no meaning."""

_SAMPLES = ("", "_total", "_sum", "_count", "_bucket", "_created")
"""Suffixes of the names of a family's samples."""

_MAX_CHARACTERS = 100

_LABELS_OF_OTHERS = frozenset({"job", "instance", "le", "quantile"})
"""Labels of the grouping key, of histograms and of summaries."""


class Names:
    """The names in use.

    Args:
        names: the names of existing families.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = {name.removesuffix(suffix) for name in names for suffix in _SAMPLES}

    def take(self, event_type: str, place: Place, unit: Sequence[str], suffix: str) -> str:
        """Choose an unused name, and mark it as used.

        Args:
            event_type: the beginning of the name.
            place: its names follow.
            unit: words to remove from the end of the last name, because the suffix states the unit.
            suffix: the end of the name: a base unit, or `_total`.
        """
        parts = [word for name in names_in(place) if name not in _IGNORED for word in words(name)]
        if unit and tuple(parts[-len(unit) :]) == tuple(unit):
            parts = parts[: -len(unit)]
        stem = _valid("_".join((*words(event_type), *parts)))
        if not suffix and stem.endswith(_SAMPLES[1:]):
            stem += "_value"
        number = 1
        name = stem + suffix
        while self._is_taken(name):
            number += 1
            name = f"{stem}_{number}{suffix}"
        self._taken |= {name.removesuffix(one) for one in _SAMPLES}
        return name

    def _is_taken(self, name: str) -> bool:
        return any(name.removesuffix(suffix) in self._taken for suffix in _SAMPLES)


def label_name(place: Place) -> str:
    """Return the name of the label for a place."""
    names = [name for name in names_in(place) if name not in _IGNORED]
    name = _valid("_".join(words(names[-1])) if names else "value")
    return f"{name}_text" if name in _LABELS_OF_OTHERS else name


def _valid(text: str) -> str:
    """Turn text into a valid name that is not reserved."""
    cut = text[:_MAX_CHARACTERS].strip("_")
    is_free = cut[:1].isalpha() and not cut.startswith("telemap")
    return cut if is_free else f"event_{cut}".rstrip("_")
