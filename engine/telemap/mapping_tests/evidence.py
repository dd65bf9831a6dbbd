"""Tell where a series came from, and what of the series that are there is nearest to one that is not."""

from __future__ import annotations

from contextlib import suppress
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from telemap.float_text import float_text
from telemap.label_text import clean
from telemap.mapping_tests.subject import Origin
from telemap.reading.entries import nearest
from telemap.store.samples import sample_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.mapping_tests.running import Played, Result, Series
    from telemap.mapping_tests.series_text import SampleName
    from telemap.mapping_tests.subject import Subject
    from telemap.mapping_tests.witness import Witness

_COMPARED = 500
"""Characters by which two samples are compared: it takes time."""


def sample_line(name: SampleName, value: float) -> str:
    """Write a sample as the exposition does."""
    return f"{name} {float_text(value)}"


class Evidence:
    """What explains the result of one test.

    Args:
        subject: the mapping under test.
        played: the test's events.
        result: what they came to.
    """

    def __init__(self, subject: Subject, played: Played, result: Result) -> None:
        self.subject = subject
        self.result = result
        self._played = played
        self._witness: Witness | None = None
        self.samples: dict[SampleName, tuple[float, Series]] = {
            name: (value, series) for series in result.series for name, value in series.samples.items()
        }

    def origins(self, series: Series) -> tuple[Origin, ...]:
        """Return the sources whose samples a series holds, or the `init` that made it."""
        self._witness = self._witness or self.subject.watch(self._played)
        made = self._witness.makers.get((series.family, series.key))
        if made is not None:
            return tuple(self.subject.sources[number] for number in sorted(made[1]))
        family = self.subject.families[series.family]
        return (Origin(family.name, 0, len(family.sources), family.place),) if family.init else ()

    def family_of(self, name: str) -> str | None:
        """Return the family that writes samples of a name; the family's own name will do, too."""
        for family in self.subject.plan.families:
            if name == family.name or any(name == sample for sample, _ in sample_names(family)):
                return family.name
        return None

    def why_missing(self, name: SampleName) -> tuple[tuple[str, ...], Series | None]:
        """Report why a sample is most likely not there; give the series that is nearest to it, if one is near."""
        family = self.family_of(name.name)
        if family is None:
            shapes = self.subject.plan.families
            known = [sample for shape in shapes for sample, _ in sample_names(shape)]
            hint = nearest(name.name, known)
            return (f"the mapping has no metric {name.name!r}{f'; {hint}' if hint else ''}",), None
        shape = next(shape for shape in self.subject.plan.families if shape.name == family)
        names = dict.fromkeys(sample for sample, _ in sample_names(shape))
        if name.name == family and family not in names:
            return (f"a {shape.type.value} has no sample of its own name, but {', '.join(names)}",), None
        near = self._nearest(name, family)
        if near is None:
            return (f"{family} has no series", *self._skips(family)), None
        found, value, series = near
        lines = (f"nearest: {sample_line(found, value)}", *_differences(name, found), *self._skips(family))
        return lines, series

    def _nearest(self, name: SampleName, family: str) -> tuple[SampleName, float, Series] | None:
        """Find the sample of a family that differs least: by few labels, then by labels that are written alike."""
        found = [(sample, value, series) for sample, (value, series) in self.samples.items() if series.family == family]
        same = [one for one in found if one[0].name == name.name] or found
        return min(same, key=lambda one: _distance(name, one[0]), default=None)

    def _skips(self, family: str) -> Iterator[str]:
        told = [f"{count} {reason}" for reason, count in self.result.skips[family].items() if count]
        if told:
            yield f"samples of {family} that were skipped: {', '.join(told)}"


def _distance(wanted: SampleName, found: SampleName) -> tuple[int, float]:
    differing = len(set(map(_compared, wanted.labels)) ^ set(map(_compared, found.labels)))
    one, other = (str(name).lower()[:_COMPARED] for name in (wanted, found))
    return differing, -SequenceMatcher(None, one, other, autojunk=False).ratio()


def _compared(label: tuple[str, str]) -> tuple[str, str | float]:
    """Return what a label is told from others by: bounds of buckets are numbers, however they are written."""
    name, text = label
    with suppress(ValueError):
        return name, float(text) if name == "le" else text
    return label


def _differences(wanted: SampleName, found: SampleName) -> Iterator[str]:
    """Report in which labels two samples differ."""
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
            why = ": telemap writes control characters as U+FFFD" if clean(want[label]) == have[label] else ""
            yield f"  its {label} is {have[label]!r}, not {want[label]!r}{why}"
