"""Explain a result: the sources of a series, and the series nearest to one that is missing."""

from __future__ import annotations

from contextlib import suppress
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from telemap.float_text import float_text
from telemap.label_text import clean
from telemap.mapping_tests.subject import Origin
from telemap.reading.nearness import nearest
from telemap.store.samples import sample_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.mapping_tests.running import Played, Result, Series
    from telemap.mapping_tests.series_text import SampleName
    from telemap.mapping_tests.subject import Subject
    from telemap.mapping_tests.witness import SourceObserver

_COMPARED = 500
"""Most characters by which two samples are compared."""


def sample_line(name: SampleName, value: float) -> str:
    """Return a sample as a line of an exposition."""
    return f"{name} {float_text(value)}"


class Evidence:
    """Explains the result of a test.

    Args:
        subject: the mapping under test.
        played: the test's events.
        result: the result.
    """

    def __init__(self, subject: Subject, played: Played, result: Result) -> None:
        self.subject = subject
        self.result = result
        self._played = played
        self._observed: SourceObserver | None = None
        self.samples: dict[SampleName, tuple[float, Series]] = {
            name: (value, series) for series in result.series for name, value in series.samples.items()
        }

    def origins(self, series: Series) -> tuple[Origin, ...]:
        """Return the sources whose samples are in a series, or the `init` that created it."""
        self._observed = self._observed or self.subject.observe(self._played)
        made = self._observed.makers.get((series.family, series.key))
        if made is not None:
            return tuple(self.subject.sources[number] for number in sorted(made[1]))
        family = self.subject.families[series.family]
        return (Origin(family.name, 0, len(family.sources), family.place),) if family.init else ()

    def family_of(self, name: str) -> str | None:
        """Return the name of the family with this name or with a sample of this name."""
        for family in self.subject.plan.families:
            if name == family.name or any(name == sample for sample, _ in sample_names(family)):
                return family.name
        return None

    def why_missing(self, name: SampleName) -> tuple[tuple[str, ...], Series | None]:
        """Return notes on why a sample is missing, and the series nearest to it, if there is one."""
        family = self.family_of(name.name)
        if family is None:
            shapes = self.subject.plan.families
            known = [sample for shape in shapes for sample, _ in sample_names(shape)]
            hint = nearest(name.name, known)
            return (f"the mapping has no metric {name.name!r}{f'; {hint}' if hint else ''}",), None
        shape = next(shape for shape in self.subject.plan.families if shape.name == family)
        names = dict.fromkeys(sample for sample, _ in sample_names(shape))
        if name.name == family and family not in names:
            return (f"a {shape.type.value} has no sample with its own name, only {', '.join(names)}",), None
        nearest_sample = self._nearest(name, family)
        if nearest_sample is None:
            return (f"{family} has no series", *self._skips(family)), None
        found, value, series = nearest_sample
        lines = (f"nearest: {sample_line(found, value)}", *_differences(name, found), *self._skips(family))
        return lines, series

    def _nearest(self, name: SampleName, family: str) -> tuple[SampleName, float, Series] | None:
        """Find the sample of a family that differs in the fewest labels, or else the one with the most similar text."""
        found = [(sample, value, series) for sample, (value, series) in self.samples.items() if series.family == family]
        same = [one for one in found if one[0].name == name.name] or found
        return min(same, key=lambda one: _distance(name, one[0]), default=None)

    def _skips(self, family: str) -> Iterator[str]:
        counts = [f"{count} {reason}" for reason, count in self.result.skips[family].items() if count]
        if counts:
            yield f"skipped samples of {family}: {', '.join(counts)}"


def _distance(wanted: SampleName, found: SampleName) -> tuple[int, float]:
    differing = len(set(map(_compared, wanted.labels)) ^ set(map(_compared, found.labels)))
    one, other = (str(name).lower()[:_COMPARED] for name in (wanted, found))
    return differing, -SequenceMatcher(None, one, other, autojunk=False).ratio()


def _compared(label: tuple[str, str]) -> tuple[str, str | float]:
    """Return a label for comparison; bounds of buckets are compared as numbers."""
    name, text = label
    with suppress(ValueError):
        return name, float(text) if name == "le" else text
    return label


def _differences(wanted: SampleName, found: SampleName) -> Iterator[str]:
    """Yield the differences between two samples."""
    want, have = dict(wanted.labels), dict(found.labels)
    if wanted.name != found.name:
        yield f"  its name is {found.name}, not {wanted.name}"
    for label in sorted(want.keys() | have.keys()):
        if label not in have:
            yield f"  it has no label {label}"
        elif label not in want:
            yield f"  it also has {label}={have[label]!r}"
        elif _compared((label, want[label])) == _compared((label, have[label])):
            if want[label] != have[label]:
                yield f'  telemap writes this bound as le="{have[label]}"'
        else:
            reason = ": telemap writes control characters as U+FFFD" if clean(want[label]) == have[label] else ""
            yield f"  its {label} is {have[label]!r}, not {want[label]!r}{reason}"
