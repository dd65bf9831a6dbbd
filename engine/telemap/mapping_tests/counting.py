"""Compare counts of events and samples with what a test expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.mapping_tests.failures import Failure, NewNumber
from telemap.reading.nearness import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.mapping_tests.evidence import Evidence
    from telemap.mapping_tests.model import Expectations, ExpectedCount, MappingTest
    from telemap.problem.place import Place

_EVENTS = {
    "malformed": 'telemap_events_dropped_total{reason="malformed"}',
    "dropped": 'telemap_events_dropped_total{reason="rule"}',
    "unmatched": "telemap_events_unmatched_total",
}
"""telemap's own metrics with these counts."""


def compare_counts(evidence: Evidence, test: MappingTest) -> Iterator[Failure]:
    """Compare the counts of skipped samples, samples beyond a limit, and events that no family read."""
    expect = test.expect
    yield from _compare_skips(evidence, expect)
    yield from _refuse_cut_off(evidence, test)
    for count in expect.overflows:
        if count.what not in evidence.subject.families:
            yield _unknown(evidence, count.what, count.place)
        else:
            got = evidence.result.overflows[count.what]
            yield from _compare(count, got, f'telemap_series_overflow_total{{metric="{count.what}"}}')
    for count in expect.events:
        yield from _compare(count, evidence.result.events[count.name], _EVENTS[count.name])


def _compare_skips(evidence: Evidence, expect: Expectations) -> Iterator[Failure]:
    """Compare skips; for a family that is listed, reasons that are not must have no skips."""
    expected = {(count.what, count.name): count for count in expect.skips}
    for family, place in expect.skip_places:
        if family not in evidence.subject.families:
            yield _unknown(evidence, family, place)
            continue
        for reason, got in evidence.result.skips[family].items():
            name = f'telemap_samples_skipped_total{{metric="{family}",reason="{reason}"}}'
            if (family, reason) in expected:
                yield from _compare(expected[family, reason], got, name)
            elif got:
                yield Failure(place, f"samples were skipped: {reason}", f"{name} 0.0", f"{name} {float(got)!r}")


def _refuse_cut_off(evidence: Evidence, test: MappingTest) -> Iterator[Failure]:
    listed = {family for family, _ in test.expect.skip_places}
    for family, skips in evidence.result.skips.items():
        if skips["cut_off"] and family not in listed:
            message = f"a regex of {family} was stopped for being slow, so the result depends on the machine"
            yield Failure(test.place, message, notes=("simplify the regex, or shorten the text",))


def _compare(count: ExpectedCount, got: int, name: str) -> Iterator[Failure]:
    if got != count.count:
        change = NewNumber(count.place, str(got))
        expected = f"{name} {float(count.count)!r}"
        yield Failure(count.place, "wrong count", expected, f"{name} {float(got)!r}", change=change)


def _unknown(evidence: Evidence, name: str, place: Place) -> Failure:
    hint = nearest(name, evidence.subject.families) or "use a metric that the mapping defines"
    return Failure(place, f"the mapping has no metric {name!r}", notes=(hint,))
