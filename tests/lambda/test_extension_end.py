"""The shutdown of a process whose gateway applies an old push after newer ones."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life
from patience import PATIENCE_SECONDS, invoke_until

from telemap_lambda.fake_gateway import FakeGateway

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

    from telemap_lambda.local_server import Answer
    from telemap_lambda.sandbox import Sandbox, SandboxResult


END_SECONDS = 4.0
LATE_SECONDS = 2.4
"""More than the half of the end, after which a push is given up, and less than what is left for one more."""


class LateGateway(FakeGateway):
    """Applies one push only after another has overtaken it, or after a while, and all others at once.

    Attributes:
        pushes: those that have begun.
        over: set when it has taken up the late one.
    """

    def __init__(self, late: int) -> None:
        super().__init__()
        self.pushes = 0
        self.over = threading.Event()
        self._late = late
        self._overtaken = threading.Event()

    def decide(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """Carry out a request."""
        self.pushes += method == "PUT"
        is_late = method == "PUT" and self.pushes == self._late
        if is_late:
            self._overtaken.wait(LATE_SECONDS)
        answer = super().decide(method, path, headers, body)
        if is_late:
            self.over.set()
        elif self.pushes >= self._late:
            self._overtaken.set()
        return answer


@pytest.mark.parametrize("late", [1, 2])
@pytest.mark.parametrize("at_the_end", ["keep", "delete"])
def test_the_last_push_is_the_newest(open_sandbox: Callable[..., Sandbox], late: int, at_the_end: str) -> None:
    environment = {"TELEMAP_PUSH_INTERVAL_MS": "0", "TELEMAP_ON_SHUTDOWN": at_the_end}
    recording = life(*map(str, range(500)), duration_ms=40)
    remaining = iter(recording.invocations)
    with LateGateway(late) as gateway:
        environment["GATEWAY"] = gateway.url
        sandbox = open_sandbox(recording, environment, freeze=False, shutdown_timeout_seconds=END_SECONDS)
        sandbox.start()
        invoke_until(sandbox, remaining, lambda: gateway.pushes)
        sandbox.invoke(next(remaining))
        sandbox.shutdown()
        result = sandbox.result()
        assert gateway.over.wait(PATIENCE_SECONDS)

        assert_a_good_life(result)
        if at_the_end == "keep":
            assert value(gateway.text(), "aws_lambda_duration_seconds_count") == len(result.invocations)
        else:
            assert gateway.groups == ()


def test_grouping_labels_that_metrics_have_are_omitted(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway
) -> None:
    environment = {"GATEWAY": embedded_gateway.url, "TELEMAP_GROUPING": "status=x,type=y,quantile=1,team=orders"}
    result = play(life("a", "b"), environment)

    assert_a_good_life(result)
    (group,) = embedded_gateway.groups
    assert group.grouping.keys() == {"job", "instance", "team"}
    assert result.stderr.count("is a label of the metrics themselves") == 3
