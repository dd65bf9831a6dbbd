"""Names of drafted families, which are those of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.unmatched.guesses import words
from telemap.unmatched.locations import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from telemap.unmatched.locations import Place

_PASSED_OVER = frozenset({"record", "metrics"})
"""Names on the way to a place that say nothing."""

_SAMPLES = ("", "_total", "_sum", "_count", "_bucket", "_created")
"""What the text format puts behind a family's name."""

_MOST_CHARACTERS = 100

_LABELS_OF_OTHERS = frozenset({"job", "instance", "le", "quantile"})
"""Labels of the grouping key, of histograms and of summaries."""


class Names:
    """Names that are taken.

    Args:
        names: of the families that there are.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._taken = {name.removesuffix(suffix) for name in names for suffix in _SAMPLES}

    def take(self, event_type: str, place: Place, unit: Sequence[str], suffix: str) -> str:
        """Return a name, which is taken from then on.

        Args:
            event_type: what it begins with.
            place: whose names follow.
            unit: words at the end of the last name that are left away, since the suffix says it.
            suffix: what it ends in: a base unit, or `_total`.
        """
        said = [word for name in names_in(place) if name not in _PASSED_OVER for word in words(name)]
        if unit and tuple(said[-len(unit) :]) == tuple(unit):
            said = said[: -len(unit)]
        stem = _sound("_".join((*words(event_type), *said)))
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
    """Return the name of the label that a place becomes."""
    names = [name for name in names_in(place) if name not in _PASSED_OVER]
    name = _sound("_".join(words(names[-1])) if names else "value")
    return f"{name}_text" if name in _LABELS_OF_OTHERS else name


def _sound(text: str) -> str:
    """Make a name of a text that may be no name, or one that is not for others."""
    cut = text[:_MOST_CHARACTERS].strip("_")
    is_free = cut[:1].isalpha() and not cut.startswith("telemap")
    return cut if is_free else f"event_{cut}".rstrip("_")
