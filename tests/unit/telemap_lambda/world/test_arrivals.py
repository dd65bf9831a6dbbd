"""The place where the main thread waits: for sockets, and for other threads."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS

from telemap_lambda.telemetry.inbox import Inbox
from telemap_lambda.world import World
from telemap_lambda.world.arrivals import Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


def test_a_handler_is_called_when_there_is_something_to_read(pipe: tuple[int, int]) -> None:
    arrivals, read = Arrivals(), []
    arrivals.watch(pipe[0], lambda: read.append(os.read(pipe[0], 9)))
    arrivals.look()
    assert read == []

    os.write(pipe[1], b"a")
    with arrivals:
        arrivals.wait(PATIENCE_SECONDS)
    assert read == [b"a"]

    os.write(pipe[1], b"b")
    arrivals.look()
    assert read == [b"a", b"b"]


def test_a_descriptor_that_is_forgotten_is_not_watched(pipe: tuple[int, int]) -> None:
    arrivals = Arrivals()
    arrivals.watch(pipe[0], lambda: pytest.fail("it is watched"))
    arrivals.forget(pipe[0])
    arrivals.forget(pipe[0])
    os.write(pipe[1], b"a")
    arrivals.look()


def test_a_handler_may_forget_another_descriptor_that_is_readable(pipe: tuple[int, int]) -> None:
    other = os.dup(pipe[0])
    arrivals, called = Arrivals(), []

    def take(mine: int, its: int) -> None:
        called.append(mine)
        arrivals.forget(its)

    arrivals.watch(pipe[0], lambda: take(pipe[0], other))
    arrivals.watch(other, lambda: take(other, pipe[0]))
    os.write(pipe[1], b"a")
    arrivals.look()
    os.close(other)

    assert len(called) == 1


def test_a_thread_wakes_it() -> None:
    inbox = Inbox(1000, World())
    threading.Timer(0.05, lambda: inbox.put({"eventType": "INVOKE"})).start()

    assert inbox.get(None) == {"eventType": "INVOKE"}


def test_what_threads_put_is_never_missed() -> None:
    inbox, number, posters = Inbox(10**6, World()), 500, 4

    def put() -> None:
        for _ in range(number):
            inbox.put_telemetry(b"[]")

    threads = [threading.Thread(target=put) for _ in range(posters)]
    for thread in threads:
        thread.start()
    found = [inbox.get(PATIENCE_SECONDS) for _ in range(number * posters)]
    for thread in threads:
        thread.join()

    assert found == [b"[]"] * (number * posters)
    assert inbox.get(0) is None
