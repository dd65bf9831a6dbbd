"""A real extension process serves invocations while it applies large posts in turns, and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from extension.expositions import value
from extension.lives import life
from extension.outcomes import assert_a_good_life

from telemap_lambda.telemetry.http_request import MAX_BODY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox

MAPPING = """
version: 1
metrics:
  all_total: {type: counter, help: Everything., from: "*"}
  reports_total: {type: counter, help: Reports., from: platform.report}
"""
EVENT = b'{"type":"function"}'
NUMBER = (MAX_BODY_BYTES - 10) // (len(EVENT) + 1)
EVENTS = b"[" + b",".join([EVENT] * NUMBER) + b"]"


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, tmp_path: Path) -> Sandbox:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(MAPPING)
    environment = {
        "GATEWAY": embedded_gateway.url,
        "MAPPING_FILE": str(mapping),
        "TELEMAP_PUSH_INTERVAL_MS": "0",
        "TELEMAP_HOLD_MS": "0",  # so that a push at an invocation waits for no telemetry
    }
    sandbox = open_sandbox(life("a", "b"), environment, freeze=False, post_timeout_seconds=60.0)
    sandbox.start()
    return sandbox


def test_an_invocation_does_not_wait_for_a_large_post(sandbox: Sandbox, embedded_gateway: FakeGateway) -> None:
    assert sandbox.deliveries[0].post_raw(EVENTS) == 200
    sandbox.invoke(sandbox.recording.invocations[0])
    shown = embedded_gateway.text()
    counted = value(shown, "all_total") if "all_total" in shown else 0

    assert counted < NUMBER


def test_a_large_post_at_shutdown_is_applied_once(sandbox: Sandbox, embedded_gateway: FakeGateway) -> None:
    body = b"[" + b",".join([EVENT] * 20_000) + b"]"
    assert [sandbox.deliveries[0].post_raw(body) for _ in range(2)] == [200, 200]
    for invocation in sandbox.recording.invocations:
        sandbox.invoke(invocation)
    sandbox.shutdown()
    shown = embedded_gateway.text()

    assert_a_good_life(sandbox.result())
    assert value(shown, "telemap_events_total", type="function") == 20_000
    assert value(shown, "telemap_events_dropped_total", reason="repeat") == 20_000
    assert value(shown, "reports_total") == 2
