"""With the same queries of `docs/how-to/query.md`, VictoriaMetrics counts what Lambda reported through its import."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest
from counting.exposed import INFO, pushed_by_mapping
from counting.habits import AGAIN, IDLE, MIXED
from counting.hours import Hours
from counting.lives import Habits, Life
from counting.page import METRIC, PAGE, blocks, query
from counting.run import Run, Source
from counting.tally import TICKS_A_SECOND, functions_in, kinds_in, tally
from servers.available import available
from servers.victoriametrics import VictoriaMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTIONS = ("orders", "payments")


@pytest.fixture
def victoriametrics(_integration: None) -> Iterator[VictoriaMetrics]:
    """Return an empty VictoriaMetrics."""
    with available(VictoriaMetrics) as server:
        yield server


class Played(NamedTuple):
    """A finished run, and its VictoriaMetrics."""

    run: Run
    server: VictoriaMetrics


@pytest.fixture(scope="module")
def played(extension_layer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Return a run in which some sandboxes push with gzip."""
    folder = tmp_path_factory.mktemp("exact_count")
    with contextlib.ExitStack() as open_until_the_end:
        server = open_until_the_end.enter_context(available(VictoriaMetrics))

        def new_life(number: int, habits: Habits) -> Life:
            compression = {"TELEMAP_COMPRESSION": "gzip"} if number % 3 else {}
            variables = {"GATEWAY": server.gateway_url, **compression}
            life = Life(extension_layer, FUNCTIONS[number % 2], folder, variables, habits, seed=number)
            return open_until_the_end.enter_context(life)

        def settle() -> float:
            server.flush()
            return time.time()

        source = Source(pushed=lambda: pushed_by_mapping(server.latest()), settle=settle, key=lambda life: life.source)
        run = Run(new_life, source)
        play(run)
        yield Played(run, server)


def play(run: Run) -> None:
    """Play the whole run."""
    run.mark()
    for settings in IDLE:
        run.begin(settings)
    for habits in (MIXED, AGAIN):
        run.wake(2)
        run.play(habits)
        run.mark()
    run.wake(1)
    run.mark()
    run.end()
    run.mark()


def test_every_window_is_counted_by_function_and_status(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(query("invocations", window=window.seconds), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_the_errors_of_every_window_are_counted_by_function(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(query("errors", window=window.seconds), window.at)
        assert functions_in(answer) == window.counted.errors, window


def test_the_seconds_of_every_window_are_added_up_by_function_and_status(played: Played) -> None:
    for window in played.run.windows():
        answer = played.server.api.query(query("seconds", window=window.seconds), window.at)
        assert kinds_in(answer, TICKS_A_SECOND) == window.counted.ticks, window


def test_only_unpushed_counts_of_killed_processes_are_missing(played: Played) -> None:
    run = played.run
    lost = run.lost
    first, last = run.marks[0], run.marks[-1]
    [total] = played.server.api.query(f"sum({query('invocations', window=last.at - first.at)})", last.at)

    assert total.value == run.reported.total - tally(lost.values()).total
    assert tally(lost.values()).total >= sum(habits.ending == "taken" for habits in (*MIXED, *AGAIN)), (
        "a last report each"
    )


def test_every_sample_has_its_sandboxs_labels_even_with_gzip(played: Played) -> None:
    found = played.server.latest()
    instances = {labels["instance"] for labels, _ in found}
    sources = {labels["source"] for labels, _ in found if labels["__name__"] == INFO}

    assert {labels["job"] for labels, _ in found} == set(FUNCTIONS)
    assert len(instances) >= len(played.run.lives)
    assert sources == {life.source for life in played.run.lives}
    assert {METRIC, "aws_lambda_duration_seconds_sum", "telemap_pushes_total"} <= {
        labels["__name__"] for labels, _ in found
    }


def test_hours_are_counted_exactly_where_metricsql_functions_fail(
    victoriametrics: VictoriaMetrics,
) -> None:
    hours = Hours(end=time.time() // 3600 * 3600)
    for push in hours.pushes:
        victoriametrics.import_text(push.text, {"job": push.function, "instance": push.instance})
    victoriametrics.flush()

    def counted(expression: str) -> int:
        answers = [victoriametrics.api.query(f"sum({expression}) or vector(0)", at) for at in hours.ends(300)]
        return round(sum(sample.value for answer in answers for sample in answer))

    truth = sum(hours.counted(at - 300, at).total() for at in hours.ends(300))

    assert counted(blocks("promql")["invocations"]) == truth
    assert counted(f"increase({METRIC}[5m])") < truth < counted(f"increase_pure({METRIC}[5m])")
    assert f"of {truth:,}." in PAGE.read_text(encoding="utf-8")
