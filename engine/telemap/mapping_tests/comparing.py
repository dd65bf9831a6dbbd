"""Run a test and compare its result with its expectations."""

from __future__ import annotations

from contextlib import suppress
from errno import EISDIR
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.endless import ends
from telemap.float_text import float_text
from telemap.mapping_tests.counting import compare_counts
from telemap.mapping_tests.evidence import Evidence, sample_line
from telemap.mapping_tests.failures import Failure, NewFile, NewNumber, NewText, Outcome
from telemap.mapping_tests.running import play, read_batches, result_of
from telemap.mapping_tests.series_text import parse_sample
from telemap.reading.nearness import nearest
from telemap.store.samples import sample_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.mapping_tests.model import Absence, Expectations, ExpectedSample, ExpectedText, MappingTest
    from telemap.mapping_tests.running import Series
    from telemap.mapping_tests.series_text import SampleName, Selector
    from telemap.mapping_tests.subject import Origin, Subject
    from telemap.problem.place import Place

_ROUNDING = 1e-9
"""Relative difference that is probably due to the order in which floats were added."""

_MAX_ORIGINS = 10

_TYPE_LINE = "# TYPE "
"""Every metric of an exposition has such a line."""


def run_test(subject: Subject, test: MappingTest) -> Outcome:
    """Run a test in a new store.

    Raises:
        MappingError: a recording of the test cannot be read.
    """
    played = read_batches(test)
    result = result_of(play(subject.plan, played))
    evidence = Evidence(subject, played, result)
    failures = sorted(_compare(evidence, test), key=lambda failure: _position(failure.place))
    return Outcome(test, played, result, tuple(failures))


def _position(place: Place) -> tuple[int, int]:
    return place.span.line, place.span.column


def _compare(evidence: Evidence, test: MappingTest) -> Iterator[Failure]:
    expect = test.expect
    for sample in expect.series:
        yield from _compare_sample(evidence, sample)
    if expect.only is not None:
        yield from _compare_others(evidence, expect, expect.only)
    for absence in expect.absent:
        yield from _compare_absence(evidence, absence)
    if expect.exposition is not None:
        yield from _compare_exposition(evidence, expect.exposition)
    yield from compare_counts(evidence, test)


def _compare_sample(evidence: Evidence, sample: ExpectedSample) -> Iterator[Failure]:
    expected = sample_line(sample.name, sample.value)
    if sample.tolerance:
        expected += f" (tolerance {sample.tolerance!r})"
    found = evidence.samples.get(sample.name)
    if found is None:
        notes, near = evidence.why_missing(sample.name)
        origins = evidence.origins(near) if near else ()
        yield Failure(sample.place, "missing series", expected, "", notes, origins)
        return
    value, series = found
    if value == sample.value or abs(value - sample.value) <= sample.tolerance:
        return
    yield Failure(
        sample.place,
        "wrong value",
        expected,
        sample_line(sample.name, value),
        tuple(_rounding(sample, value)),
        evidence.origins(series),
        NewNumber(sample.value_place, number_text(value)),
    )


def _rounding(sample: ExpectedSample, value: float) -> Iterator[str]:
    if not sample.tolerance and abs(value - sample.value) <= _ROUNDING * abs(value):
        yield f"this may be a rounding error: write {{value: {number_text(sample.value)}, tolerance: 1e-9}}"


def _compare_others(evidence: Evidence, expect: Expectations, place: Place) -> Iterator[Failure]:
    """Yield a failure for each series of which no sample is expected."""
    expected = {sample.name for sample in expect.series}
    for series in evidence.result.series:
        if expected.isdisjoint(series.samples):
            yield Failure(
                place,
                "unexpected series, not listed under 'series'",
                "",
                _lines([series]),
                (),
                evidence.origins(series),
            )


def _compare_absence(evidence: Evidence, absence: Absence) -> Iterator[Failure]:
    selector = absence.selector
    family = evidence.family_of(selector.name)
    if family is None:
        known = nearest(selector.name, evidence.subject.families) or "use a metric that the mapping defines"
        yield Failure(
            absence.place, f"the mapping has no metric {selector.name!r}, so this can never fail", notes=(known,)
        )
        return
    definition = evidence.subject.families[family]
    labels = {*definition.label_names, *(["le"] if definition.buckets else [])}
    for matcher in selector.matchers:
        if matcher.label not in labels:
            known = nearest(matcher.label, labels) or f"labels: {', '.join(sorted(labels)) or 'none'}"
            yield Failure(
                absence.place, f"{family} has no label {matcher.label!r}, so this can never fail", notes=(known,)
            )
            return
    if missing := _missing_bucket(evidence, selector, family):
        message, note = missing
        yield Failure(absence.place, f"{message}, so this can never fail", notes=(note,))
        return
    for series in evidence.result.series:
        matching = {
            name: value
            for name, value in series.samples.items()
            if selector.name in {name.name, series.family} and selector.matches({**series.labels, **dict(name.labels)})
        }
        if matching:
            got = "\n".join(sample_line(name, value) for name, value in matching.items())
            yield Failure(absence.place, "unexpected series", "", got, (), evidence.origins(series))


def _missing_bucket(evidence: Evidence, selector: Selector, family: str) -> tuple[str, str] | None:
    """Return a message and a note if a selector names a bucket that no series can have."""
    shape = next(shape for shape in evidence.subject.plan.families if shape.name == family)
    names = [(name, bound) for name, bound in sample_names(shape) if bound is not None]
    bounds = [bound for name, bound in names if selector.name in {name, family}]
    for matcher in selector.matchers:
        if matcher.label != "le" or not matcher.text or matcher.text in bounds:
            continue
        if not bounds:
            return f"{selector.name} has no label 'le'", f"{names[0][0]} has"
        return f'{family} has no bucket le="{matcher.text}"', f"bounds: {', '.join(bounds)}"
    return None


def _compare_exposition(evidence: Evidence, text: ExpectedText) -> Iterator[Failure]:
    got = evidence.result.exposition
    change = NewText(text.place, got) if text.path is None else NewFile(text.path, got)
    expected = text.text
    if text.path is not None:
        try:
            expected = _read(Path(text.path))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not UTF-8 text"
            can_update = isinstance(error, FileNotFoundError | UnicodeDecodeError)
            notes = ("--update creates it",) if can_update else ()
            yield Failure(
                text.place, f"cannot read {text.path}: {reason}", "", got, notes, (), change if can_update else None
            )
            return
        if expected.strip() and _TYPE_LINE not in expected:  # its text is not shown, and not overwritten
            yield Failure(text.place, f"{text.path} is not an exposition", "", got, ("it has no line '# TYPE'",))
            return
    if expected.rstrip("\n") != got.rstrip("\n"):
        origins = _unexpected_origins(evidence, expected)
        yield Failure(text.place, "the exposition differs", expected, got, (), origins, change)


def _read(path: Path) -> str:
    """Read a file with an exposition.

    Raises:
        OSError: it cannot be read, or is not a regular file: a pipe could block for ever.
        ValueError: it is not UTF-8 text.
    """
    if path.exists() and not path.is_file():
        raise IsADirectoryError(EISDIR, "not a regular file")
    return path.read_text(encoding="utf-8") if ends(path) else ""


def _unexpected_origins(evidence: Evidence, expected: str) -> tuple[Origin, ...]:
    """Return the sources of samples that are not in the expected exposition."""
    old = set(_samples_in(expected))
    new = [
        series
        for series in evidence.result.series
        if any((name, float_text(value)) not in old for name, value in series.samples.items())
    ]
    return tuple(dict.fromkeys(origin for series in new for origin in evidence.origins(series)))[:_MAX_ORIGINS]


def _samples_in(exposition: str) -> Iterator[tuple[SampleName | None, str]]:
    """Yield the samples of an exposition, which may be handwritten; other lines are skipped."""
    for line in exposition.split("\n"):
        name, _, value = line.rpartition(" ")
        with suppress(ValueError):  # a duplicate label
            yield parse_sample(name), value


def _lines(series: Iterable[Series]) -> str:
    return "\n".join(sample_line(name, value) for one in series for name, value in one.samples.items())


def number_text(value: float) -> str:
    """Return a number as a test file has it: without a point if it is whole."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return float_text(value).replace("+Inf", ".inf").replace("-Inf", "-.inf")
