"""Who may post telemetry: Lambda, which alone knows the path; nobody whom a function can be brought to ask."""

from __future__ import annotations

import contextlib
import queue
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from extension.listening import listening
from patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.telemetry.listener import Listener

BODY = b'[{"type": "function"}]'


class Door:
    """A listener, and what it took."""

    def __init__(self, listener: Listener, taken: queue.SimpleQueue[bytes]) -> None:
        self.listener = listener
        self.taken = taken

    def ask(self, path: str, method: str = "POST", **headers: str) -> int:
        sent = {"Host": f"sandbox.localdomain:{self.listener.port}"} | headers
        with contextlib.closing(
            HTTPConnection("127.0.0.1", self.listener.port, timeout=PATIENCE_SECONDS)
        ) as connection:
            connection.request(method, path, BODY, sent)
            return connection.getresponse().status

    @property
    def number(self) -> int:
        return self.taken.qsize()


@pytest.fixture
def door(_integration: None) -> Iterator[Door]:
    taken: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    with listening(taken.put) as listener:
        yield Door(listener, taken)


def test_no_two_listeners_have_the_same_path(door: Door) -> None:
    with listening(door.taken.put) as other:
        pass

    assert len(door.listener.path) > 20
    assert door.listener.path != other.path


def test_once_a_post_came_to_the_path_none_to_another_is_taken(door: Door) -> None:
    assert door.ask(door.listener.path) == 200

    wrong = [
        door.listener.path[:-1],
        door.listener.path + "0",
        door.listener.path.upper() + "x",
        "/",
        "/telemetry",
        "//",
    ]
    assert {door.ask(path) for path in wrong} == {404}
    assert door.ask(door.listener.path) == 200
    assert door.number == 2


def test_where_the_path_is_dropped_posts_to_the_root_are_taken_until_one_comes_to_the_path(door: Door) -> None:
    assert [door.ask("/") for _ in range(2)] == [200, 200]
    assert door.ask("/telemetry") == 404
    assert door.ask(door.listener.path) == 200
    assert door.ask("/") == 404
    assert door.number == 3


def test_a_request_that_is_refused_does_not_show_that_the_path_is_kept(door: Door) -> None:
    assert door.ask(door.listener.path, "GET") == 405
    assert door.ask("/") == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "post"])
def test_only_post_is_taken(door: Door, method: str) -> None:
    assert [door.ask(path, method) for path in ("/", door.listener.path)] == [405, 405]
    assert door.number == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://sandbox.localdomain"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Host": "example.com"},
        {"Host": "example.com:4243"},
        {"Host": "sandbox.localdomain.example.com"},
        {"Host": "127.0.0.1.example.com"},
        {"Host": "localhost.example.com:80"},
    ],
)
def test_what_pages_and_names_of_others_lead_here_is_refused(door: Door, headers: dict[str, str]) -> None:
    assert [door.ask(path, **headers) for path in ("/", door.listener.path)] == [403, 403]
    assert door.number == 0


@pytest.mark.parametrize(
    "host", ["sandbox.localdomain:4243", "sandbox", "SANDBOX:80", "127.0.0.1:1", "localhost", "[::1]"]
)
def test_the_sandboxs_own_names_and_addresses_are_taken(door: Door, host: str) -> None:
    assert door.ask(door.listener.path, Host=host) == 200


def test_a_post_is_refused_before_its_body_has_come(door: Door) -> None:
    with contextlib.closing(HTTPConnection("127.0.0.1", door.listener.port, timeout=PATIENCE_SECONDS)) as connection:
        connection.putrequest("POST", "/elsewhere")
        connection.putheader("Content-Length", "1000000")
        connection.endheaders()
        assert connection.getresponse().status == 404
