"""Prometheus counts everything that Lambda reported through a Pushgateway exactly once, despite disturbances.

Each query is the text that stands in `docs/how-to/query.md`, over seconds instead of minutes.
"""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from counting.exposed import INFO, pushed_by_mapping
from counting.habits import AGAIN, BRIEF, IDLE, MIXED, PROMPT
from counting.lives import Habits, Life
from counting.page import METRIC, fitted, query, scrape_config, wrong_queries
from counting.quantile import p95
from counting.run import Run, Source
from counting.tally import TICKS_A_SECOND, by_function, functions_in, kinds_in, tally
from patience import await_until
from servers.available import available
from servers.faulty_pushgateway import FaultyPushgateway
from servers.prometheus import Prometheus, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTIONS = ("orders", "payments")


class Played(NamedTuple):
    """A finished run, and its Prometheus.

    Attributes:
        run: its account.
        prometheus: what scraped it.
        calm: the sandboxes between its last two marks.
    """

    run: Run
    prometheus: Prometheus
    calm: list[Life]


@pytest.fixture(scope="module")
def played(extension_layer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Return a run with failed scrapes, a live group swept, ended ones swept, and a gateway restarted."""
    folder = tmp_path_factory.mktemp("exact_count")
    with contextlib.ExitStack() as open_until_the_end:
        gateway = open_until_the_end.enter_context(available(FaultyPushgateway))
        prometheus = open_until_the_end.enter_context(available(lambda: Prometheus(scrape_config(gateway.address))))

        def new_life(number: int, habits: Habits) -> Life:
            variables = {"GATEWAY": gateway.url}
            life = Life(extension_layer, FUNCTIONS[number % 2], folder, variables, habits, seed=number)
            return open_until_the_end.enter_context(life)

        run = Run(
            new_life,
            Source(
                pushed=lambda: pushed_by_mapping(gateway.samples()),
                settle=lambda: prometheus.await_scrape(time.time()),
                key=lambda life: life.source,
            ),
        )
        yield Played(run, prometheus, play(run, gateway, prometheus))


def play(run: Run, gateway: FaultyPushgateway, prometheus: Prometheus) -> list[Life]:
    """Play the whole run; return the sandboxes of its last, undisturbed part."""
    run.mark()
    swept = run.begin(PROMPT)
    for settings in IDLE:
        run.begin(settings)
    run.wake(2)
    run.play(MIXED)
    run.mark()
    with gateway.hanging():
        run.note(prometheus.await_scrape(time.time(), succeeded=False))
    run.wake(1)
    run.mark()
    sweep(gateway, but=run.idle)
    run.mark()
    sweep(gateway, but=[life for life in run.idle if life is not swept])
    assert swept.source not in pushed_by_mapping(gateway.samples())
    run.mark()
    run.wake(3)
    await_until(lambda: swept.source in pushed_by_mapping(gateway.samples()))
    run.play(AGAIN)
    run.mark()
    with gateway.restarted():
        run.note(prometheus.await_scrape(time.time(), succeeded=False))
    assert pushed_by_mapping(gateway.samples()) == {}
    run.mark()
    run.wake(2)
    run.play(AGAIN)
    run.mark()
    run.end()
    run.mark()
    calm = run.play(2 * BRIEF)
    run.mark()
    return calm


def sweep(gateway: FaultyPushgateway, but: list[Life]) -> None:
    """Delete all groups except those of some sandboxes."""
    kept = {life.source for life in but}
    for labels, _ in gateway.samples():
        if labels["__name__"] == INFO and labels["source"] not in kept:
            gateway.delete(labels["job"], labels["instance"])


def test_every_sandbox_that_shut_down_has_pushed_all_reports(played: Played) -> None:
    read = played.prometheus.api.query('last_over_time({job=~".+"}[1h])')
    there = pushed_by_mapping(read)

    for life in played.run.lives:
        if not life.cut_off:
            assert there[life.source] == life.reported, life.told()


def test_the_invocations_of_every_window_are_counted_by_function_and_status(played: Played) -> None:
    for window in played.run.windows():
        answer = played.prometheus.api.query(query("invocations", window=window.seconds), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_the_invocations_of_every_window_are_counted_in_total(played: Played) -> None:
    for window in played.run.windows():
        for name in ("invocations", "grafana-range"):
            [total] = played.prometheus.api.query(f"sum({query(name, window=window.seconds)}) or vector(0)", window.at)
            assert total.value == window.counted.total, window


def test_the_errors_of_every_window_are_counted_by_function(played: Played) -> None:
    for window in played.run.windows():
        answer = played.prometheus.api.query(query("errors", window=window.seconds), window.at)
        assert functions_in(answer) == window.counted.errors, window


def test_the_seconds_of_every_window_are_added_up_by_function_and_status(played: Played) -> None:
    for window in played.run.windows():
        answer = played.prometheus.api.query(query("seconds", window=window.seconds), window.at)
        assert kinds_in(answer, TICKS_A_SECOND) == window.counted.ticks, window


def test_the_mean_duration_of_every_window_is_that_of_its_invocations(played: Played) -> None:
    for window in played.run.windows():
        runs, ticks = by_function(window.counted.runs), by_function(window.counted.ticks)
        answer = played.prometheus.api.query(query("mean", window=window.seconds), window.at)
        means = {sample.labels["job"]: sample.value for sample in answer if not math.isnan(sample.value)}
        assert means == pytest.approx({name: ticks[name] / runs[name] / TICKS_A_SECOND for name in runs}), window


def test_the_quantile_of_a_window_is_that_of_its_invocations(played: Played) -> None:
    first, last = played.run.marks[-2:]
    answer = played.prometheus.api.query(query("p95", window=last.at - first.at), last.at)
    durations = [(life.function, ticks / TICKS_A_SECOND) for life in played.calm for _, ticks in life.durations]

    assert {sample.labels["job"]: sample.value for sample in answer} == pytest.approx(
        {name: p95([seconds for function, seconds in durations if function == name]) for name in FUNCTIONS}
    )


def test_adjacent_windows_add_up(played: Played) -> None:
    first, last = played.run.marks[0], played.run.marks[-1]
    bars = played.prometheus.api.query_range(query("grafana-range", window=1), first.at, last.at + 1, step=1)

    assert sum(value for _, value in bars) == last.counted.total


def test_only_unpushed_counts_of_killed_processes_are_missing(played: Played) -> None:
    run = played.run
    lost = run.lost
    [total] = played.prometheus.api.query(
        f"sum({query('invocations', window=run.marks[-1].at - run.marks[0].at)})", run.marks[-1].at
    )

    assert total.value == run.reported.total - tally(lost.values()).total
    lives = (*MIXED, *AGAIN, *AGAIN)
    assert len(lost) == sum(habits.is_cut_off for habits in lives)
    assert tally(lost.values()).total >= sum(habits.ending == "taken" for habits in lives), "a last report each"


@pytest.mark.parametrize("simple", wrong_queries())
def test_simpler_queries_are_wrong(played: Played, simple: str) -> None:
    windows = [window for window in played.run.windows() if window.counted.total]
    said = [played.prometheus.api.query(fitted(simple, window=window.seconds), window.at) for window in windows]
    wrong = [window for window, answer in zip(windows, said, strict=True) if not says(answer, window.counted.total)]
    assert wrong


def says(answer: list[Sample], number: int) -> bool:
    return [value for _, value in answer] == [number]


def test_every_sample_has_its_sandboxs_labels(played: Played) -> None:
    read = played.prometheus.api.query('last_over_time({__name__=~"telemap_.*|aws_lambda_.*"}[1h])')
    instances = {labels["instance"] for labels, _ in read}

    assert {labels["job"] for labels, _ in read} == set(FUNCTIONS)
    assert len(instances) >= len(played.run.lives)
    assert {METRIC, "aws_lambda_duration_seconds_sum", "telemap_pushes_total", INFO} <= {
        labels["__name__"] for labels, _ in read
    }
