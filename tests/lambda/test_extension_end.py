"""The end of a process whose gateway applies an old push late, over what came after it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from unit.lambda_side.expositions import value
from unit.lambda_side.lives import life
from unit.lambda_side.outcomes import assert_a_good_life

from telemap_lambda.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from telemap_lambda.local_server import Answer
    from telemap_lambda.sandbox import SandboxResult


class LateGateway(FakeGateway):
    """Takes up one of its pushes only after a while, and the others at once."""

    def __init__(self, late: int) -> None:
        super().__init__()
        self._late = late
        self._pushes = 0

    def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Do what a request asks for."""
        self._pushes += method == "PUT"
        if method == "PUT" and self._pushes == self._late:
            time.sleep(1.1)
        return super().decide(method, path, headers, body)


@pytest.mark.parametrize("late", [1, 2])
@pytest.mark.parametrize("at_the_end", ["keep", "delete"])
def test_the_last_word_is_the_newest(play: Callable[..., SandboxResult], late: int, at_the_end: str) -> None:
    environment = {"TELEMAP_PUSH_INTERVAL_MS": "0", "TELEMAP_ON_SHUTDOWN": at_the_end}
    with LateGateway(late) as gateway:
        result = play(life("a", "b", "c", duration_ms=40), {"GATEWAY": gateway.url} | environment, freeze=False)
        time.sleep(1.2)  # for what may still be on its way

        assert_a_good_life(result)
        if at_the_end == "keep":
            assert value(gateway.text(), "aws_lambda_duration_seconds_count") == 3
        else:
            assert gateway.groups == ()


def test_labels_of_the_metrics_cannot_be_in_the_grouping_key(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_GROUPING": "status=x,type=y,quantile=1,team=orders"}
    result = play(life("a", "b"), environment)

    assert_a_good_life(result)
    (group,) = embedded_gateway.groups
    assert group.grouping.keys() == {"job", "instance", "team"}
    assert result.stderr.count("is a label of the metrics themselves") == 3
