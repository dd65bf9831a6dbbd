"""Databases that are written to count what Lambda reported, by `max_over_time - min_over_time` in every window."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest
from counting.exposed import pushed_by_mapping
from counting.habits import AGAIN, AT_THE_END, BRIEF, IDLE, MIXED, PROMPT
from counting.lives import Habits, Life
from counting.page import query
from counting.run import Run, Source
from counting.tally import TICKS_A_SECOND, Tally, kinds_in, tally
from servers.available import available
from servers.breaking_proxy import BreakingProxy
from servers.prometheus import Prometheus
from servers.victoriametrics import VictoriaMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from servers.prometheus import QueryApi, Sample

FUNCTIONS = ("orders", "payments")
DURATION = "aws_lambda_invocation_duration_seconds"

WHOLE = ("whole",)
TWO_IN_FIVE_BROKEN = ("whole", "whole", "whole", "lost", "unanswered")

FAST_END = {"TELEMAP_PUSH_TIMEOUT_MS": "60000"}


class Database(Protocol):
    """What is used of a server."""

    api: QueryApi

    @property
    def write_url(self) -> str:
        """What `GATEWAY` is set to."""

    def latest(self) -> list[Sample]:
        """Return the last sample of each series."""

    def flush(self) -> None:
        """Make what was written visible to queries."""


class Played(NamedTuple):
    """A run that is over, where its numbers are, and how many exchanges were broken."""

    run: Run
    server: Database
    broken: int


def play_into(
    make: Callable[[], Prometheus | VictoriaMetrics], layer: Path, folder: Path, *, breaks: bool
) -> Iterator[Played]:
    """Play a run into a server, over a network that breaks exchanges or does not."""
    with contextlib.ExitStack() as open_until_the_end:
        server = available(make)
        open_until_the_end.enter_context(server)
        fates = TWO_IN_FIVE_BROKEN if breaks else WHOLE
        proxy = open_until_the_end.enter_context(BreakingProxy(server.write_url, fates))

        def new_life(number: int, habits: Habits) -> Life:
            variables = {"GATEWAY": proxy.url if breaks else server.write_url}
            life = Life(layer, FUNCTIONS[number % 2], folder, variables, habits, seed=number)
            return open_until_the_end.enter_context(life)

        def settle() -> float:
            server.flush()
            return time.time()

        def pushed() -> Mapping[str, Tally]:
            server.flush()
            return pushed_by_mapping(server.latest())

        run = Run(new_life, Source(pushed=pushed, settle=settle, key=lambda life: life.source))
        play(run, (BROKEN, BROKEN) if breaks else (MIXED, AGAIN))
        yield Played(run, server, proxy.broken)


BROKEN = (*BRIEF, Habits(3, settings=PROMPT), Habits(4, settings=AT_THE_END), Habits(2, "timeout", PROMPT))
"""Of a process that is killed without SHUTDOWN what has no answer yet is lost, so here none is."""


def play(run: Run, played: tuple[tuple[Habits, ...], ...]) -> None:
    """Play the whole run: some 20 processes, three of them idle most of the time."""
    run.mark()
    for settings in IDLE:
        run.begin(settings)
    for habits in played:
        run.wake(2)
        run.play(habits)
        run.mark()
    run.wake(1)
    run.mark()
    run.end()
    run.mark()


@pytest.fixture(scope="module", params=[Prometheus, VictoriaMetrics], ids=["prometheus", "victoriametrics"])
def played(
    request: pytest.FixtureRequest, extension_layer: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Played]:
    """Return a run in which every exchange is whole."""
    yield from play_into(request.param, extension_layer, tmp_path_factory.mktemp("exact_count"), breaks=False)


@pytest.fixture(scope="module")
def broken(extension_layer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Return a run in which two exchanges in five are broken, half of them after they have arrived."""
    yield from play_into(Prometheus, extension_layer, tmp_path_factory.mktemp("broken"), breaks=True)


def counted(metric: str, window: float, by: str) -> str:
    """Return the query for what was counted in a window, by labels."""
    span = f"{round(window * 1000)}ms"
    return f"sum by ({by}) (max_over_time({metric}[{span}]) - min_over_time({metric}[{span}]))"


def test_every_window_is_counted_by_function_and_status(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(f"{DURATION}_count", window.seconds, "job, status"), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_the_seconds_of_every_window_are_added_up(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(f"{DURATION}_sum", window.seconds, "job, status"), window.at)
        assert kinds_in(answer, TICKS_A_SECOND) == window.counted.ticks, window


def test_the_buckets_of_every_window_hold_what_was_counted(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(counted(f"{DURATION}_bucket", window.seconds, "le"), window.at)
        buckets = {float(sample.labels["le"]): sample.value for sample in answer}
        assert buckets.get(float("inf"), 0) == window.counted.total, window
        assert list(dict(sorted(buckets.items())).values()) == sorted(buckets.values()), "buckets are cumulative"


def test_the_queries_of_the_page_count_what_was_reported(played: Played) -> None:
    run, api = played.run, played.server.api
    first, last = run.marks[0], run.marks[-1]
    for window in run.windows():
        assert kinds_in(api.query(query("written", window=window.seconds), window.at)) == window.counted.runs, window
    mean = api.query(query("written-mean", window=last.at - first.at), last.at)
    quantile = api.query(query("written-p95", window=last.at - first.at), last.at)
    assert {sample.labels["job"] for sample in mean} == {sample.labels["job"] for sample in quantile} == set(FUNCTIONS)
    assert all(0 < sample.value < 0.1 for sample in [*mean, *quantile])


def test_only_what_a_killed_process_had_not_pushed_is_missing(played: Played) -> None:
    run = played.run
    first, last = run.marks[0], run.marks[-1]
    [total] = played.server.api.query(counted(f"{DURATION}_count", last.at - first.at, ""), last.at)

    assert total.value == run.reported.total - tally(run.lost.values()).total


def test_of_a_network_that_breaks_two_exchanges_in_five_nothing_is_lost_and_nothing_is_counted_twice(
    broken: Played,
) -> None:
    run = broken.run
    first, last = run.marks[0], run.marks[-1]
    answer = broken.server.api.query(counted(f"{DURATION}_count", last.at - first.at, "job, status"), last.at)
    seconds = broken.server.api.query(counted(f"{DURATION}_sum", last.at - first.at, "job, status"), last.at)

    assert broken.broken > 10
    assert kinds_in(answer) == run.reported.runs
    assert kinds_in(seconds, TICKS_A_SECOND) == run.reported.ticks
