"""The room that bodies share."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from telemap_lambda.telemetry.room import Room

if TYPE_CHECKING:
    from telemap_lambda.telemetry.room import Share

SECONDS = 20.0


class Body:
    """A body that comes until it is ended, and then leaves its share."""

    def __init__(self, room: Room, *, leaves: bool = True) -> None:
        self.has_ended = False
        self._leaves = leaves
        self.share: Share = room.enter(self._end)

    def take(self, size: int) -> None:
        self.share.take(size, SECONDS)

    def leave(self) -> None:
        with self.share:
            pass

    def _end(self) -> None:
        self.has_ended = True
        if self._leaves:
            threading.Thread(target=self.leave).start()


def test_the_body_that_came_first_makes_room_for_the_others() -> None:
    room = Room(100)
    bodies = [Body(room) for _ in range(3)]
    for body in bodies:
        body.take(30)
    bodies[2].take(20)

    assert [body.has_ended for body in bodies] == [True, False, False]
    bodies[2].take(40)
    assert [body.has_ended for body in bodies] == [True, True, False]


def test_a_body_that_holds_nothing_makes_no_room() -> None:
    room = Room(100)
    empty, full, newest = (Body(room) for _ in range(3))
    full.take(100)
    newest.take(1)

    assert (empty.has_ended, full.has_ended) == (False, True)


def test_as_many_make_room_as_it_takes_and_no_more() -> None:
    room = Room(100)
    bodies = [Body(room) for _ in range(10)]
    for body in bodies:
        body.take(10)
    newest = Body(room)
    newest.take(35)

    assert [body.has_ended for body in bodies] == [True] * 4 + [False] * 6


def test_a_whole_body_remains_and_what_it_holds_is_free_when_it_leaves() -> None:
    room = Room(100)
    whole, newest = Body(room), Body(room)
    whole.take(90)
    whole.share.settle()
    with pytest.raises(TimeoutError):
        newest.share.take(20, 0.01)
    assert not whole.has_ended
    whole.leave()
    newest.take(100)


def test_a_body_that_was_ended_takes_no_more() -> None:
    room = Room(100)
    oldest, newest = Body(room), Body(room)
    oldest.take(60)
    newest.take(60)

    with pytest.raises(ConnectionAbortedError):
        oldest.take(1)


def test_a_body_that_waits_for_room_itself_makes_room_too() -> None:
    room = Room(100)
    whole, waiting, newest = Body(room), Body(room, leaves=False), Body(room)
    whole.take(50)
    whole.share.settle()
    waiting.take(40)
    outcomes: list[str] = []

    def wait() -> None:
        try:
            waiting.share.take(40, SECONDS)
        except ConnectionAbortedError:
            outcomes.append("ended")
            waiting.leave()

    thread = threading.Thread(target=wait)
    thread.start()
    newest.take(30)
    thread.join(SECONDS)

    assert outcomes == ["ended"]
