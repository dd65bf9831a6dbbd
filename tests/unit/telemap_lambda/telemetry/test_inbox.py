"""The inbox: order, and the bound on telemetry."""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress

import pytest

from telemap_lambda.telemetry.inbox import Inbox, digest_of
from telemap_lambda.world import World


def batch(number: int, padding: int = 0) -> bytes:
    return json.dumps([{"type": "function", "record": "x" * padding}] * number).encode()


def test_what_lambda_wants_goes_before_telemetry_and_all_else_in_the_order_in_which_it_came() -> None:
    inbox = Inbox(1000, World())
    inbox.put_telemetry(b"[1]")
    inbox.put_telemetry(b"[2]")
    inbox.put({"eventType": "INVOKE"})
    inbox.put({"eventType": "SHUTDOWN"})

    assert [inbox.get(0) for _ in range(2)] == [{"eventType": "INVOKE"}, {"eventType": "SHUTDOWN"}]
    assert inbox.has_telemetry
    assert [inbox.get(0) for _ in range(3)] == [b"[1]", b"[2]", None]
    assert not inbox.has_telemetry


def test_an_empty_inbox_returns_none_after_the_timeout() -> None:
    began = time.monotonic()

    assert Inbox(1000, World()).get(0.05) is None
    assert time.monotonic() - began >= 0.05


def test_what_is_beyond_the_bound_is_dropped_the_oldest_first_and_its_events_counted() -> None:
    bodies = [batch(3, padding=number) for number in range(4)]
    inbox = Inbox(len(bodies[2]) + len(bodies[3]), World())
    for body in bodies:
        inbox.put_telemetry(body)

    assert inbox.dropped == 6
    assert [inbox.get(0) for _ in range(3)] == [bodies[2], bodies[3], None]


def test_log_events_go_before_platform_events() -> None:
    report = {"type": "platform.report", "record": {}}
    mixed = json.dumps([{"type": "function", "record": "x" * 200}, report, {"type": "extension", "record": "y"}])
    inbox = Inbox(300, World())
    inbox.put_telemetry(mixed.encode())
    inbox.put({"eventType": "INVOKE"})
    inbox.put_telemetry(batch(1, padding=150))

    assert inbox.dropped == 2
    event, kept, newest = (inbox.get(0) for _ in range(3))
    assert isinstance(kept, bytes)
    assert json.loads(kept) == [report]
    assert (event, newest) == ({"eventType": "INVOKE"}, batch(1, padding=150))


def test_platform_events_go_when_nothing_else_is_left() -> None:
    report = json.dumps([{"type": "platform.report", "record": {}}]).encode()
    inbox = Inbox(2 * len(report), World())
    for _ in range(5):
        inbox.put_telemetry(report)

    assert inbox.dropped == 3
    assert [inbox.get(0) for _ in range(3)] == [report, report, None]


def test_what_was_taken_out_makes_room() -> None:
    body = batch(3)
    inbox = Inbox(len(body), World())
    for _ in range(3):
        inbox.put_telemetry(body)
        assert inbox.get(0) == body

    assert inbox.dropped == 0


def test_a_small_post_still_fits_where_a_large_one_does_not() -> None:
    inbox = Inbox(100, World())
    inbox.put_telemetry(batch(1, padding=200))
    inbox.put_telemetry(b"[1, 2]")

    assert (inbox.dropped, inbox.get(0)) == (1, b"[1, 2]")


@pytest.mark.parametrize("body", [b"no JSON" * 10, b'{"type": "function"}', b"[" * 5000])
def test_what_cannot_be_counted_counts_as_one(body: bytes) -> None:
    inbox = Inbox(5, World())
    inbox.put_telemetry(body)

    assert inbox.dropped == 1


def test_events_of_the_extensions_api_are_never_dropped() -> None:
    inbox = Inbox(1, World())
    for _ in range(100):
        inbox.put({"eventType": "INVOKE", "requestId": "x" * 100})

    assert inbox.dropped == 0


def test_a_call_is_taken_whether_there_is_telemetry_or_not() -> None:
    inbox = Inbox(1000, World())
    inbox.put_telemetry(b"[1]")
    assert inbox.get_call() is None
    inbox.put({"eventType": "INVOKE"})

    assert inbox.get_call() == {"eventType": "INVOKE"}
    assert inbox.get(0) == b"[1]"


@pytest.mark.parametrize(
    "odd", [b"7", b'{"type": 7}', b'{"type": ' + b"[" * 900 + b"]" * 900 + b"}", b'{"type":"x"}', b"[]"]
)
def test_odd_items_go_before_platform_events(odd: bytes) -> None:
    report = b'{"type":"platform.report","record":"%b"}' % (b"x" * 100)
    inbox = Inbox(len(report) + 2, World())
    inbox.put_telemetry(b"[%b,%b]" % (odd, report))

    assert inbox.dropped == 1
    assert inbox.get(0) == b"[%b]" % report


def test_a_closed_inbox_takes_no_more_telemetry_and_keeps_what_it_has() -> None:
    inbox = Inbox(1000, World())
    inbox.put_telemetry(b"[1]")
    inbox.close()
    with pytest.raises(ConnectionAbortedError):
        inbox.put_telemetry(b"[2]")
    inbox.put({"eventType": "SHUTDOWN"})

    assert [inbox.get(0), inbox.get(0), inbox.get(0)] == [{"eventType": "SHUTDOWN"}, b"[1]", None]


def test_a_post_that_is_still_being_reduced_when_the_inbox_closes_is_not_acknowledged() -> None:
    inbox = Inbox(1000, World())
    post = json.dumps([{"type": "platform.report"}, *[{"type": "function", "record": "x"}] * 30_000]).encode()
    acknowledged: list[bytes] = []

    def serve() -> None:
        with suppress(ConnectionAbortedError):
            inbox.put_telemetry(post)
            acknowledged.append(post)

    thread = threading.Thread(target=serve)
    thread.start()
    while not inbox.pending:
        time.sleep(0.001)
    inbox.close()
    waits = inbox.has_telemetry
    thread.join()

    assert bool(acknowledged) == waits
    assert waits or not inbox.pending


def test_a_post_is_known_again_although_its_log_events_were_dropped() -> None:
    post = json.dumps([{"type": "function", "record": "x" * 200}, {"type": "platform.report", "record": {}}]).encode()
    inbox = Inbox(len(post), World())
    inbox.put_telemetry(post)
    inbox.put_telemetry(batch(1))
    kept = inbox.get(0)

    assert isinstance(kept, bytes)
    assert len(kept) < len(post)
    assert digest_of(kept) == digest_of(post)
