"""Threads and condition variables without `threading`."""

from __future__ import annotations

import threading
from collections import deque

from patience import PATIENCE_SECONDS

from telemap_lambda.world.threads import Condition, start


def test_a_wait_ends_without_notice_after_its_time() -> None:
    condition = Condition()
    with condition:
        assert condition.wait(0.0) is False
        assert condition.wait(0.001) is False
        condition.notify()  # reaches nobody, and is not kept
        assert condition.wait(0.001) is False


def test_one_or_all_waiting_threads_are_notified() -> None:
    condition, waiting, woken = Condition(), threading.Semaphore(0), deque[bool]()
    done = threading.Semaphore(0)

    def wait() -> None:
        with condition:
            waiting.release()
            woken.append(condition.wait(PATIENCE_SECONDS))
        done.release()

    for _ in range(3):
        start("waiter", wait)
        assert waiting.acquire(timeout=PATIENCE_SECONDS)
    with condition:  # all have released it, and wait
        condition.notify()
    assert done.acquire(timeout=PATIENCE_SECONDS)
    assert list(woken) == [True]
    with condition:
        condition.notify_all()
    for _ in range(2):
        assert done.acquire(timeout=PATIENCE_SECONDS)
    assert list(woken) == [True] * 3


def test_nothing_is_lost_between_threads() -> None:
    condition, items, taken = Condition(), deque[int](), deque[int]()
    done = threading.Semaphore(0)

    def take() -> None:
        while True:
            with condition:
                while not items:
                    condition.wait()
                item = items.popleft()
            if item < 0:
                done.release()
                return
            taken.append(item)

    for _ in range(4):
        start("taker", take)
    for number in [*range(1000), -1, -1, -1, -1]:
        with condition:
            items.append(number)
            condition.notify()
    for _ in range(4):
        assert done.acquire(timeout=PATIENCE_SECONDS)

    assert sorted(taken) == list(range(1000))
