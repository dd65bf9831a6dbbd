"""Regexes meet text that someone made to be slow for them."""

from __future__ import annotations

import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import telemap
from telemap.path import MAX_TEXT
from telemap.runtime.parsing import parse_logfmt
from telemap.runtime.regexes import (
    BATCH_SECONDS,
    CUTS_UNTIL_OFF,
    CutOff,
    Interrupted,
    RegexBudget,
    TicksOfHost,
    caught,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = "a" * 40 + "!"
NESTED, DOTS = "(a+)+$", ".*a.*b.*c.*d"
SLOWEST_BATCH = 20 * BATCH_SECONDS
"""CPU time of a batch whose regexes have `BATCH_SECONDS`; where each event had them, 100 events would take five times
as long."""

BESIDE = "  lines_total: {type: counter, help: Lines., from: function}\n"
SLOW = {
    "when": f"when: [{{path: $.record, matches: '{NESTED}'}}]",
    "not": f"when: [{{not: {{path: $.record, matches: '{NESTED}'}}}}]",
    "dots": f"when: [{{path: $.record, matches: '{DOTS}'}}]",
    "label": "labels: {found: {path: $.record, extract: '(?:(a+)+)$'}}",
    "value": "value: {path: $.record, extract: '(?:(a+)+)$', as: length}",
    "parse": "parse: {regex: '(?P<found>(?:a+)+)$'}",
    "filter": "each: \"$[?(@ =~ '(a+)+$')]\"",
    "filtered label": "labels: {found: {path: \"$[?(@ =~ '(a+)+$')]\"}}",
    "filtered test": "when: [{path: \"$[?(@ =~ '(a+)+$')]\", exists: false}]",
    "substitution": 'labels: {found: "$.record.`sub(/(a+)+$/, b)`"}',
}


@pytest.fixture(params=list(SLOW.values()), ids=list(SLOW))
def slow(request: pytest.FixtureRequest) -> str:
    return f"version: 1\nmetrics:\n{BESIDE}{family(request.param)}"


def family(source: str) -> str:
    return f"  slow_total: {{type: counter, help: Slow., from: function, {source}}}\n"


def lines(text: str, count: int = 1) -> list[Any]:
    return [{"type": "function", "record": text} for _ in range(count)]


def test_a_slow_regex_is_cut_off_and_other_sources_go_on(slow: str) -> None:
    store = _store(slow)
    text = "ab" * 5000 if DOTS in slow else HOSTILE
    began = time.thread_time()
    telemap.apply(store.plan, lines(text, 100), store)
    assert time.thread_time() - began < SLOWEST_BATCH
    beside, cut = store.families
    assert beside.cells == {(): [100.0]}
    assert cut.cells == {}
    assert cut.skipped["cut_off"] == 100


@pytest.mark.parametrize("kind", ["when", "not", "label", "value", "parse", "filter"])
def test_a_source_that_was_interrupted_three_times_is_off_and_that_is_reported(kind: str) -> None:
    said: list[str] = []
    store = _store(f"version: 1\nmetrics:\n{family(SLOW[kind])}", said)
    for number in range(CUTS_UNTIL_OFF):
        assert said == [], number
        telemap.apply(store.plan, lines(HOSTILE), store)
    assert len(said) == 1
    assert "too slow 3 times" in said[0]
    began = time.thread_time()
    telemap.apply(store.plan, lines(HOSTILE, 10), store)
    assert time.thread_time() - began < BATCH_SECONDS
    assert store.families[0].cells == {}


def test_a_source_whose_turn_came_too_late_is_not_turned_off() -> None:
    said: list[str] = []
    store = _store(
        f"version: 1\nmetrics:\n{family(SLOW['when'])}"
        "  fast_total: {type: counter, help: Fast., from: function, when: [{path: $.record, matches: a}]}\n",
        said,
    )
    for _ in range(CUTS_UNTIL_OFF):
        telemap.apply(store.plan, lines(HOSTILE, 5), store)
    slow, fast = store.families
    assert slow.skipped["cut_off"] == 3 * 5  # also those of the last batch, after it was turned off
    assert fast.skipped["cut_off"] == 3 * 5
    telemap.apply(store.plan, lines(HOSTILE, 5), store)
    assert fast.cells == {(): [5.0]}
    assert [line for line in said if "fast_total" in line] == []


@pytest.mark.parametrize("kind", ["when", "not", "filtered test"])
def test_a_slow_rule_of_drop_drops_nothing(kind: str) -> None:
    said: list[str] = []
    store = _store(f"version: 1\ndrop: [{{from: function, {SLOW[kind]}}}]\nmetrics:\n{BESIDE}", said)
    for _ in range(CUTS_UNTIL_OFF):
        telemap.apply(store.plan, lines(HOSTILE), store)
    assert store.families[0].cells == {(): [3.0]}
    assert store.counts.undecided["cut_off"] == CUTS_UNTIL_OFF
    assert said == [
        "a rule of 'drop': its regexes were cut off, because they took too long; events like this are not dropped",
        "a rule of 'drop' is off: its regexes were too slow 3 times",
    ]
    telemap.apply(store.plan, lines(HOSTILE), store)  # a rule that is off decides about no event
    assert store.counts.undecided["cut_off"] == CUTS_UNTIL_OFF + 1


def test_a_regex_sees_the_first_8_kib_of_a_text() -> None:
    store = _store(
        "version: 1\nmetrics:\n  ends_total: {type: counter, help: Ends., from: function, "
        "when: [{path: $.record, matches: end}]}\n"
    )
    telemap.apply(store.plan, lines("x" * (MAX_TEXT - 3) + "end") + lines("x" * MAX_TEXT + "end"), store)
    assert store.families[0].cells == {(): [1.0]}


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("when: [{path: \"$[?(@ =~ 'end')]\", exists: true}]", {(): [1.0]}),
        ('labels: {end: "$.record.`sub(/^x+end/, cut)`"}', {("cut",): [1.0], ("",): [1.0]}),
    ],
    ids=["filter", "substitution"],
)
def test_a_regex_in_a_path_sees_the_first_8_kib_of_a_text(source: str, short: dict[tuple[str, ...], Any]) -> None:
    store = _store(f"version: 1\nmetrics:\n  ends_total: {{type: counter, help: Ends., from: function, {source}}}\n")
    telemap.apply(store.plan, lines("x" * (MAX_TEXT - 3) + "end") + lines("x" * MAX_TEXT + "end"), store)
    assert store.families[0].cells == short


def test_a_source_has_one_guard_however_many_event_types_it_takes() -> None:
    store = _store(
        f"version: 1\nmetrics:\n{family(SLOW['when']).replace('from: function', 'from: [function, extension]')}"
    )
    for number in range(CUTS_UNTIL_OFF):
        event_type = ("function", "extension")[number % 2]
        telemap.apply(store.plan, [{"type": event_type, "record": HOSTILE}], store)
    telemap.apply(store.plan, [{"type": "function", "record": "aaa"}], store)
    assert store.families[0].cells == {}
    assert store.families[0].skipped["cut_off"] == CUTS_UNTIL_OFF + 1


def test_off_the_main_thread_regexes_work_without_a_timer() -> None:
    store = _store(
        "version: 1\nmetrics:\n  hits_total: {type: counter, help: Hits., from: function, "
        "when: [{path: $.record, matches: '^a+!'}]}\n"
    )
    thread = threading.Thread(target=telemap.apply, args=(store.plan, lines(HOSTILE), store))
    thread.start()
    thread.join()
    assert store.families[0].cells == {(): [1.0]}


@pytest.fixture
def budget() -> Iterator[RegexBudget]:
    """Return the budget of a batch that has begun."""
    budget = RegexBudget()
    budget.begin()
    yield budget
    budget.end()


def work(seconds: float) -> str:
    """Take CPU time."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass
    return "done"


def test_time_in_which_a_regex_did_not_run_is_not_charged(budget: RegexBudget) -> None:
    wait, search = budget.bounded(time.sleep), budget.bounded(work)
    wait(2 * BATCH_SECONDS)  # as when the machine is busy, or the sandbox frozen
    assert search(BATCH_SECONDS / 5) == "done"
    work(2 * BATCH_SECONDS)  # as decoding does, or a source without a regex
    assert search(BATCH_SECONDS / 5) == "done"


def test_many_short_searches_share_the_budget(budget: RegexBudget) -> None:
    search = budget.bounded(work)
    outcomes = [caught(search, BATCH_SECONDS / 100) for _ in range(1000)]
    assert outcomes[:10] == ["done"] * 10
    assert outcomes[-1] is CutOff


def test_regexes_that_keep_somebody_waiting_are_cut_off_and_not_to_blame(budget: RegexBudget) -> None:
    budget.wall_seconds = BATCH_SECONDS / 100
    budget.begin()
    search = budget.bounded(work)
    with pytest.raises(CutOff) as cut:
        search(1000 * BATCH_SECONDS)
    assert not isinstance(cut.value, Interrupted)
    with pytest.raises(CutOff) as late:
        search(0)
    assert not isinstance(late.value, Interrupted)


@pytest.fixture
def alarms() -> Iterator[list[int]]:
    """Return the alarms that a handler of the process's own has had."""
    rung: list[int] = []
    previous = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    yield rung
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, previous)


def test_the_process_keeps_its_handler_and_its_timer(alarms: list[int]) -> None:
    handler = signal.getsignal(signal.SIGALRM)
    store = _store(f"version: 1\nmetrics:\n{family(SLOW['when'])}")
    signal.setitimer(signal.ITIMER_REAL, 3000.0, 7.0)
    telemap.apply(store.plan, lines(HOSTILE), store)
    assert signal.getsignal(signal.SIGALRM) is handler
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert 2000 < left <= 3000 - BATCH_SECONDS
    assert interval == 7.0
    assert alarms == []


def test_an_alarm_that_was_due_during_a_batch_rings_after_it(alarms: list[int]) -> None:
    store = _store(f"version: 1\nmetrics:\n{family(SLOW['when'])}")
    signal.setitimer(signal.ITIMER_REAL, BATCH_SECONDS / 5)
    telemap.apply(store.plan, lines(HOSTILE), store)
    assert store.families[0].skipped["cut_off"] == 1
    while not alarms:
        time.sleep(0.001)
    assert alarms == [signal.SIGALRM]


def test_where_python_has_no_timer_the_signals_of_a_host_interrupt_regexes(alarms: list[int]) -> None:
    signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)  # as a browser's worker sends them, whether a regex runs or not
    while not alarms:
        time.sleep(0.001)
    handler = signal.getsignal(signal.SIGALRM)
    budget = RegexBudget(ticks=TicksOfHost())
    budget.begin()
    with pytest.raises(Interrupted):
        budget.searcher("(a+)+$")(HOSTILE)
    budget.end()
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL)[1] == 0.002  # the host's timer is never stopped


def test_a_mapping_without_regexes_touches_no_timer(alarms: list[int]) -> None:
    store = _store(f"version: 1\nmetrics:\n{BESIDE}")
    signal.setitimer(signal.ITIMER_REAL, 3000.0)
    telemap.apply(store.plan, lines("a"), store)
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 2000
    assert alarms == []


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "x=" * 300_000, 'x="' * 300_000, 'a="\\' * 200_000, '="' * 300_000, "a " * 300_000 + '"']
)
def test_logfmt_takes_time_that_grows_with_the_text_alone(text: str) -> None:
    began = time.thread_time()
    parse_logfmt(text)
    assert time.thread_time() - began < 10  # where it grows with the square, hours


def _store(mapping: str, said: list[str] | None = None) -> telemap.Store:
    plan = telemap.compile(telemap.loads(mapping))
    return telemap.Store(plan, env={}, warn=None if said is None else said.append)
