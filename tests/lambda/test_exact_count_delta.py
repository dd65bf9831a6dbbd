"""With the queries of `docs/how-to/query.md`, Prometheus counts what Lambda reported through an adding gateway."""

from __future__ import annotations

import contextlib
import math
import time
from typing import TYPE_CHECKING, NamedTuple, Self

import pytest
from counting.exposed import pushed_by_function
from counting.habits import BRIEF, IDLE, MIXED, PROMPT
from counting.lives import Habits, Life
from counting.page import METRIC, query, scrape_config
from counting.run import Mark, Run, Source, Window
from counting.tally import TICKS_A_SECOND, Tally, kinds_in, tally
from servers.available import available
from servers.process import free_port
from servers.prometheus import Prometheus, scrape

from telemap_lambda.fake_gateway import Behaviour, FakeGateway

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTIONS = ("orders", "payments")
LONG = (Habits(30, settings=PROMPT), Habits(30, settings=PROMPT))
"""So many invocations that every kind is counted further before the gateway's restart than after it."""


class AddingGateway:
    """An adding gateway that can be restarted, with counters at 0."""

    def __init__(self) -> None:
        self._port = free_port()
        self._gateway = FakeGateway(port=self._port, adding=True).start()
        self._before: dict[str, Tally] = {}
        self.url = self._gateway.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._gateway.stop()

    def pushed(self) -> dict[str, Tally]:
        """Return the total pushed for each function."""
        now = pushed_by_function(scrape(self.url))
        names = {*now, *self._before}
        return {name: now.get(name, Tally()) + self._before.get(name, Tally()) for name in names}

    @contextlib.contextmanager
    def restarted(self) -> Iterator[None]:
        """Refuse connections while the block runs."""
        self._before = self.pushed()
        self._gateway.stop()
        yield
        self._gateway = FakeGateway(port=self._port, adding=True).start()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Answer nothing while the block runs."""
        self._gateway.behaviour = Behaviour.HANG
        yield
        self._gateway.behaviour = Behaviour.NORMAL


class Played(NamedTuple):
    """A finished run.

    Attributes:
        run: its account.
        prometheus: what scraped it.
        restart: the mark before the gateway was restarted.
    """

    run: Run
    prometheus: Prometheus
    restart: Mark


@pytest.fixture(scope="module")
def played(extension_layer: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Return a run in which the gateway was restarted."""
    folder = tmp_path_factory.mktemp("exact_count")
    with contextlib.ExitStack() as open_until_the_end:
        gateway = open_until_the_end.enter_context(AddingGateway())
        target = gateway.url.removeprefix("http://")
        prometheus = open_until_the_end.enter_context(available(lambda: Prometheus(scrape_config(target))))

        def new_life(number: int, habits: Habits) -> Life:
            variables = {"GATEWAY": gateway.url, "TELEMAP_DELIVERY": "delta"}
            # What those have pushed that do not end well, or not yet, is known by a function of their own.
            alone = habits.is_cut_off or not habits.invocations
            name = f"alone-{number}" if alone else FUNCTIONS[number % 2]
            life = Life(extension_layer, name, folder, variables, habits, seed=number)
            return open_until_the_end.enter_context(life)

        def settle() -> float:
            """Wait for a whole second, because the steps of the page's query for restarts are whole seconds here."""
            second = math.ceil(prometheus.await_scrape(time.time()))
            prometheus.await_scrape(second)
            return second

        run = Run(new_life, Source(pushed=gateway.pushed, settle=settle, key=lambda life: life.function))
        yield Played(run, prometheus, play(run, gateway, prometheus))


def play(run: Run, gateway: AddingGateway, prometheus: Prometheus) -> Mark:
    """Play the whole run; return the mark before the restart."""
    run.mark()
    for settings in IDLE:
        run.begin(settings)
    run.wake(2)
    run.play((*MIXED, *LONG))
    run.mark()
    with gateway.hanging():
        prometheus.await_scrape(time.time(), succeeded=False)
    run.wake(1)
    run.mark()
    run.end()
    restart = run.mark()
    with gateway.restarted():
        prometheus.await_scrape(time.time(), succeeded=False)
    run.mark()
    run.play((*BRIEF, Habits(3)))
    run.mark()
    return restart


def before_restart(played: Played) -> list[Window]:
    return [window for window in played.run.windows() if window.at <= played.restart.at]


def test_every_counter_is_higher_before_the_restart_than_after(played: Played) -> None:
    last = played.run.marks[-1].counted - played.restart.counted

    assert last.total > 0
    assert all(runs < played.restart.counted.runs[kind] for kind, runs in last.runs.items())


def test_the_invocations_of_every_window_without_a_restart_are_counted(played: Played) -> None:
    for window in before_restart(played):
        answer = played.prometheus.api.query(query("invocations", window=window.seconds), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_the_seconds_of_every_window_without_a_restart_are_added_up(played: Played) -> None:
    for window in before_restart(played):
        answer = played.prometheus.api.query(query("seconds", window=window.seconds), window.at)
        assert kinds_in(answer, TICKS_A_SECOND) == window.counted.ticks, window


def test_the_invocations_of_every_window_are_counted_step_by_step(played: Played) -> None:
    for window in played.run.windows():
        answer = played.prometheus.api.query(query("delta", window=window.seconds), window.at)
        assert kinds_in(answer) == window.counted.runs, window


def test_increase_is_wrong(played: Played) -> None:
    window = before_restart(played)[0]
    [said] = played.prometheus.api.query(f"sum(increase({METRIC}[{round(window.seconds)}s]))", window.at)

    assert said.value != window.counted.total


def test_only_unpushed_counts_of_killed_processes_are_missing(played: Played) -> None:
    run = played.run
    first, last = run.marks[0], run.marks[-1]
    [total] = played.prometheus.api.query(f"sum({query('delta', window=last.at - first.at)})", last.at)

    assert total.value == run.reported.total - tally(run.lost.values()).total
    assert tally(run.lost.values()).total >= sum(habits.ending == "taken" for habits in MIXED), "a last report each"
