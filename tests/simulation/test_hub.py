"""Simulated tasks take turns, and end, as threads of a process do."""

from __future__ import annotations

import pytest
from simulation.hub import Hub, Where


def test_a_task_that_sleeps_sees_what_happens_meanwhile_in_order() -> None:
    hub = Hub(0.0, 0.0, stands_still=False)
    seen: list[tuple[str, float]] = []

    def sleep(name: str, seconds: float) -> None:
        hub.sleep(seconds)
        seen.append((name, hub.now))

    hub.spawn(lambda: sleep("long", 2.0))
    hub.spawn(lambda: sleep("short", 1.0))
    hub.at(1.5, lambda: seen.append(("timer", hub.now)), Where.OUTSIDE)
    hub.run()
    assert seen == [("short", 1.0), ("timer", 1.5), ("long", 2.0)]


def test_an_error_in_what_is_due_ends_the_run_and_not_the_task_that_waits() -> None:
    hub = Hub(0.0, 0.0, stands_still=False)
    caught: list[Exception] = []

    def fail() -> None:
        raise ValueError("due")

    def wait() -> None:
        try:
            hub.sleep(2.0)
        except Exception as error:  # noqa: BLE001 - as telemap's barrier
            caught.append(error)

    hub.spawn(wait)
    hub.at(1.0, fail, Where.OUTSIDE)
    with pytest.raises(ValueError, match="due"):
        hub.run()
    assert caught == []


def test_tasks_are_killed_wherever_that_becomes_due() -> None:
    hub = Hub(0.0, 0.0, stands_still=False)
    ended: list[str] = []

    def live(name: str, seconds: float) -> None:
        try:
            hub.sleep(seconds)
            ended.append(f"{name} slept")
        finally:
            ended.append(name)

    tasks = [hub.spawn(lambda: live("first", 3.0)), hub.spawn(lambda: live("second", 4.0))]
    hub.at(1.0, lambda: hub.kill(tasks), Where.OUTSIDE)
    hub.spawn(lambda: live("other", 2.0))
    hub.run()
    assert sorted(ended) == ["first", "other", "other slept", "second"]
    assert all(task.has_ended for task in tasks)


def test_a_task_that_did_not_begin_is_killed() -> None:
    hub = Hub(0.0, 0.0, stands_still=False)
    begun: list[int] = []
    task = hub.spawn(lambda: begun.append(1))
    hub.kill([task])
    hub.run()
    assert begun == []
