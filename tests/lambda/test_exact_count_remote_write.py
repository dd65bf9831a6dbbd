"""Databases that are written to count what Lambda reported, by `max_over_time - min_over_time` in every window.

More than a hundred processes live for seconds, and some are idle for minutes, by a clock of their own. Their pushes go
to all databases at once, so that each is asked about the same processes.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from counting.clock import LateClock
from counting.exposed import BUCKETS, RUNS, SECONDS, pushed_by_mapping
from counting.habits import ADAPTIVE, AT_THE_END, BRIEF, IDLE, PROMPT
from counting.lives import Habits, Life
from counting.page import query
from counting.run import Run, Source
from counting.tally import TICKS_A_SECOND, Tally, buckets_in, functions_in, kinds_in, tally
from servers.available import available
from servers.breaking_proxy import BreakingProxy
from servers.databases import DATABASES
from servers.process import ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from servers.databases import Database

FUNCTIONS = ("orders", "payments")

WHOLE = ("whole",)
TWO_IN_FIVE_BROKEN = ("whole", "whole", "whole", "lost", "unanswered")

HABITS = (
    *(BRIEF * 4),
    Habits(3),
    Habits(4, settings=ADAPTIVE),
    Habits(2, "timeout", PROMPT),
    Habits(6, "taken", PROMPT),
    Habits(3, "refused"),
)
BROKEN = (*BRIEF, Habits(3, settings=PROMPT), Habits(4, settings=AT_THE_END), Habits(2, "timeout", PROMPT))
"""Of a process that is killed without SHUTDOWN what has no answer yet is lost, so here none is."""

GAPS = (200, 700, 300, 420, 540)
"""Seconds between two rounds, in which all that live are idle."""

LATE = 3000
"""Seconds by which the first round is earlier than it is: Prometheus takes samples of the last hour."""


class Played(NamedTuple):
    """A run that is over, the databases that have its numbers, and how many exchanges were broken."""

    run: Run
    servers: Mapping[str, Database]
    broken: int


def play_into_all(layer: Path, folder: Path, habits: Sequence[Habits], fates: Sequence[str]) -> Iterator[Played]:
    """Play a run into all databases that are here, over a network that breaks exchanges or does not."""
    clock = LateClock(folder, LATE)
    with contextlib.ExitStack() as open_until_the_end:
        servers: dict[str, Database] = {}
        for name, make in DATABASES.items():
            with contextlib.suppress(ServerMissingError):
                servers[name] = open_until_the_end.enter_context(make())
        proxy = BreakingProxy([server.write_url for server in servers.values()], fates)
        open_until_the_end.enter_context(proxy)
        [*_, last] = servers.values()  # what it has, all have: the proxy passes a push on to one after the other

        def new_life(number: int, habits: Habits) -> Life:
            variables = {"GATEWAY": proxy.url, **clock.environment}
            life = Life(layer, FUNCTIONS[number % 2], folder, variables, habits, seed=number)
            return open_until_the_end.enter_context(life)

        def settle() -> float:
            for server in servers.values():
                server.flush()
            return clock.now()

        def pushed() -> Mapping[str, Tally]:
            last.flush()
            return pushed_by_mapping(last.latest())

        run = Run(new_life, Source(pushed=pushed, settle=settle, key=lambda life: life.source))
        play(run, habits, clock)
        assert clock.now() < time.time()
        yield Played(run, servers, proxy.broken)


def play(run: Run, habits: Sequence[Habits], clock: LateClock) -> None:
    """Play the whole run: rounds with minutes between them, and three processes that live through all of it."""
    run.mark()
    for settings in IDLE:
        run.begin(settings)
    for gap in GAPS:
        run.wake(1)
        run.play(habits)
        run.mark()
        clock.advance(gap / 2)
        run.note(clock.now())  # some databases miss a step that begins in the millisecond in which a window does
        clock.advance(gap / 2)
    run.wake(1)
    run.mark()
    run.end()
    run.mark()


@pytest.fixture(scope="module")
def everywhere(_integration: None, thin_layer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Return a run in which every exchange is whole."""
    yield from play_into_all(thin_layer, tmp_path_factory.mktemp("exact_count"), HABITS, WHOLE)


@pytest.fixture(scope="module")
def broken_everywhere(
    _integration: None, thin_layer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """Return a run in which two exchanges in five are broken, half of them after they have arrived."""
    yield from play_into_all(thin_layer, tmp_path_factory.mktemp("broken"), BROKEN, TWO_IN_FIVE_BROKEN)


class Asked(NamedTuple):
    """A run that is over, and one of the databases that have its numbers."""

    run: Run
    server: Database
    broken: int


@pytest.fixture(params=DATABASES)
def played(request: pytest.FixtureRequest, everywhere: Played) -> Asked:
    """Return the whole run, and a database."""
    return one_of(everywhere, request.param)


@pytest.fixture(params=DATABASES)
def broken(request: pytest.FixtureRequest, broken_everywhere: Played) -> Asked:
    """Return the run over the broken network, and a database."""
    return one_of(broken_everywhere, request.param)


def one_of(played: Played, name: str) -> Asked:
    if name not in played.servers:
        available(DATABASES[name])
    return Asked(played.run, played.servers[name], played.broken)


def counted(metric: str, window: float, by: str) -> str:
    """Return the query for what was counted in a window, by labels."""
    span = f"{round(window * 1000)}ms"
    return f"sum by ({by}) (max_over_time({metric}[{span}]) - min_over_time({metric}[{span}]))"


def test_more_than_a_hundred_processes_are_counted(everywhere: Played) -> None:
    run = everywhere.run
    assert len(run.lives) + sum(one.ending == "timeout" for one in HABITS) * len(GAPS) > 100
    assert sum(life.cut_off for life in run.lives) == 2 * len(GAPS)


def test_every_window_is_counted_by_function_and_status(played: Asked) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(RUNS, window.seconds, "job, status"), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_the_seconds_of_every_window_are_added_up(played: Asked) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(SECONDS, window.seconds, "job, status"), window.at)
        assert kinds_in(answer, TICKS_A_SECOND) == window.counted.ticks, window


def test_the_buckets_of_every_window_hold_what_was_counted(played: Asked) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(BUCKETS, window.seconds, "job, status, le"), window.at)
        assert buckets_in(answer) == window.counted.buckets, window


def test_every_window_is_counted_in_total(played: Asked) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(f"{counted(RUNS, window.seconds, '')} or vector(0)", window.at)
        assert [sample.value for sample in answer] == [window.counted.total], window


def test_increase_is_a_little_too_high_and_never_too_low(played: Asked) -> None:
    """Windows of five minutes, side by side, over the whole run."""
    run, api = played.run, played.server.api
    first, last = run.marks[0], run.marks[-1]
    ends = itertools.takewhile(lambda end: end < last.at + 300, itertools.count(first.at + 300, 300))
    estimated = sum(sample.value for end in ends for sample in api.query(f"sum(increase({RUNS}[5m]))", end))
    truth = last.counted.total

    assert truth <= estimated <= 1.1 * truth


def test_the_queries_of_the_page_count_what_was_reported(played: Asked) -> None:
    run, api = played.run, played.server.api
    first, last = run.marks[0], run.marks[-1]
    for window in run.windows():
        errors = api.query(query("written-errors", window=window.seconds), window.at)
        assert kinds_in(api.query(query("written", window=window.seconds), window.at)) == window.counted.runs, window
        assert functions_in(errors) == window.counted.errors, window
    mean = api.query(query("written-mean", window=last.at - first.at), last.at)
    quantile = api.query(query("written-p95", window=last.at - first.at), last.at)
    assert {sample.labels["job"] for sample in mean} == {sample.labels["job"] for sample in quantile} == set(FUNCTIONS)
    assert all(0 < sample.value < 0.1 for sample in [*mean, *quantile])


def test_only_what_a_killed_process_had_not_pushed_is_missing(played: Asked) -> None:
    run = played.run
    first, last = run.marks[0], run.marks[-1]
    [total] = played.server.api.query(counted(RUNS, last.at - first.at, ""), last.at)

    assert total.value == run.reported.total - tally(run.lost.values()).total


def test_of_a_network_that_breaks_two_exchanges_in_five_nothing_is_lost_and_nothing_is_counted_twice(
    broken: Asked,
) -> None:
    api = broken.server.api
    first, last = broken.run.marks[0], broken.run.marks[-1]
    runs, seconds, buckets = (
        api.query(counted(metric, last.at - first.at, by), last.at)
        for metric, by in ((RUNS, "job, status"), (SECONDS, "job, status"), (BUCKETS, "job, status, le"))
    )

    assert broken.broken > 20
    assert kinds_in(runs) == broken.run.reported.runs
    assert kinds_in(seconds, TICKS_A_SECOND) == broken.run.reported.ticks
    assert buckets_in(buckets) == broken.run.reported.buckets
