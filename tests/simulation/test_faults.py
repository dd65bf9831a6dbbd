"""Faults put into telemap on purpose: a simulation that does not find them proves nothing."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from simulation.play import play
from simulation.script import script_of
from simulation.shrink import promise

from telemap.push import address
from telemap.store.acknowledged import Acknowledged
from telemap_lambda.delivery import flush, sinks
from telemap_lambda.life import loop
from telemap_lambda.telemetry import posts

if TYPE_CHECKING:
    import pytest

    from telemap_lambda.delivery.pushes import Content, PushResult

_SEEDS = 1000


def found() -> str | None:
    """Return the promise that the first failing life breaks; None if all lives keep theirs."""
    for seed in range(_SEEDS):
        wrong = play(script_of(seed)).wrong
        if wrong:
            return promise(wrong[0])
    return None


def test_an_acknowledgement_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    settle = Acknowledged.settle

    def forget(acknowledged: Acknowledged, *, taken: bool) -> None:
        assert taken in {True, False}
        settle(acknowledged, taken=False)

    monkeypatch.setattr(Acknowledged, "settle", forget)
    assert found() == "NEVER MORE"


def test_increments_that_are_sent_twice_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "PUSHGATEWAY", address.PUSHGATEWAY._replace(repeatable=True))
    assert found() == "NEVER MORE"


def test_a_thawed_push_that_is_not_waited_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.Loop, "_wait_for_thawed_push", lambda *_: None)
    assert found() == "FRESH"


def test_a_last_report_that_is_not_waited_for_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "last_wait", lambda _: 0.0)
    assert found() == "LAST REPORT"


def test_repeated_posts_that_are_applied_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count()
    monkeypatch.setattr(posts, "digest_of", lambda _: (next(numbers), 0))
    assert found() == "NEVER MORE"


def test_a_given_up_push_that_stays_over_a_later_one_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.Loop, "_overwrite_late_push", lambda *_: None)
    assert found() == "LAST WORD"


def test_an_instance_that_is_kept_after_an_hour_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flush, "START_OVER_SECONDS", math.inf)
    assert found() == "SWEPT"


def test_increments_that_are_dropped_after_a_429_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = sinks.Delta.settle

    def drop(sink: sinks.Delta, content: Content, result: PushResult) -> str:
        return outcome(sink, content, result._replace(status=400) if result.status == 429 else result)

    monkeypatch.setattr(sinks.Delta, "settle", drop)
    assert found() == "NOTHING LOST"


def test_telemetry_that_comes_during_the_last_push_and_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop.Loop, "_take_the_rest", lambda *_: None)
    assert found() in {"NOTHING LOST", "ADDS UP"}
