"""Sending with few system calls."""

from __future__ import annotations

import _socket
import socket

import pytest
from patience import PATIENCE_SECONDS

from telemap_lambda.world import threads
from telemap_lambda.world.sockets import send


@pytest.mark.integration
@pytest.mark.parametrize("size", [1, 8 * 1024 * 1024])
def test_all_data_is_sent_even_if_there_is_no_room_for_it_at_once(size: int) -> None:
    one, other = socket.socketpair()
    with other:
        connection = _socket.socket(fileno=one.detach())
        connection.settimeout(PATIENCE_SECONDS)
        data = b"a" * size

        def send_all() -> None:
            send(connection, data)
            connection.close()

        threads.start("sender", send_all)
        received = 0
        while piece := other.recv(65536):
            received += len(piece)

    assert received == size
