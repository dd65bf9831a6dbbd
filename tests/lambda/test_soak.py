"""Hours of sandbox life in seconds or, with `make soak`, in minutes: nothing grows, and the counts are exact."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from counting.lives import LAST_REPORT_SECONDS
from extension.expositions import samples
from soak.invocations import LINES, MAPPING, TORN_BYTES, Invocations
from soak.readings import Readings, series_in
from soak.size import INVOCATIONS, LIVES, SEED
from soak.unsteady import UnsteadyGateway

from telemap_lambda.barrier import INTERNAL_ERROR
from telemap_lambda.sandbox import Recording

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox, SandboxResult

TURNS = 36
"""How often the gateway's mood changes in a soak."""

OFTEN = {
    "TELEMAP_PUSH_INTERVAL_MS": "20",
    "TELEMAP_FLUSH_INTERVAL_MS": "20",
    "TELEMAP_PUSH_TIMEOUT_MS": "5000",
    "TELEMAP_HOLD_MS": "100",
}
"""Pushes as often as they can be. One that hangs is given up while the soak lasts. One that a busy machine delays is
not, for its increments would be counted twice."""

MAX_LINES = 2 * TURNS
"""Of the log: an outage is told when it begins and when it ends, however often it is met."""

MIB = 1024 * 1024
MAX_GROWTH = {"frozen": MIB, "managed": 4 * MIB}
"""Where nothing is frozen what waits for the extension comes in posts of any size, and the largest sets the mark."""

MAX_SERIES = 250
"""Somewhat more than `soak.invocations.MAPPING` can make of `soak.invocations.Invocations`."""


@pytest.fixture
def mapping(tmp_path: Path) -> Mapping[str, str]:
    file = tmp_path / "soak.yaml"
    file.write_text(MAPPING)
    return {"MAPPING_FILE": str(file)}


def summed(exposition: str, name: str, label: str) -> dict[str, int]:
    """Add up a counter over all groups by one label, without zeros."""
    sums: dict[str, int] = {}
    for (found, labels), count in samples(exposition, without=("job",)).items():
        if found == name and count:
            key = dict(labels)[label]
            sums[key] = sums.get(key, 0) + int(count)
    return sums


def assert_exact(shown: str, emitted: Counter[str], result: SandboxResult) -> None:
    """Check that the gateway has exactly what was emitted.

    If a busy machine posts the last telemetry of a process later than the extension waits for it, that may be missing.
    """
    reports = {status: count for status, count in emitted.items() if status != LINES}
    delivered = dict(result.reports.by_status)
    pushed = summed(shown, "aws_lambda_invocations_total", "status")
    if late := [life for life in result.lives if life.telemetry.dropped]:
        assert all(life.shutdown_seconds >= LAST_REPORT_SECONDS for life in late)
        for status, count in reports.items():
            assert delivered.get(status, 0) <= pushed.get(status, 0) <= count
        return
    assert delivered == pushed == reports
    assert sum(summed(shown, "aws_lambda_log_lines_total", "level").values()) == emitted[LINES]
    assert sum(summed(shown, "requests_total", "request").values()) == result.reports.count
    durations = [
        count for (name, _), count in samples(shown, without=()).items() if name == "aws_lambda_duration_seconds_sum"
    ]
    assert sum(durations) == pytest.approx(result.reports.duration_ms / 1000, rel=1e-6)


def assert_nothing_failed(result: SandboxResult) -> None:
    assert [one.reason for one in result.invocations if one.failed] == []
    assert (result.exit_code, result.killed) == (0, False), result.stderr
    assert INTERNAL_ERROR not in result.stderr


@pytest.mark.parametrize(("delivery", "kind"), [("replace", "frozen"), ("delta", "frozen"), ("replace", "managed")])
def test_a_long_lived_process_does_not_grow(
    open_sandbox: Callable[..., Sandbox], mapping: Mapping[str, str], delivery: str, kind: str
) -> None:
    with UnsteadyGateway(adding=delivery == "delta") as gateway:
        environment = {"GATEWAY": gateway.url, "TELEMAP_DELIVERY": delivery, **OFTEN, **mapping}
        invocations = Invocations(SEED)
        sandbox = open_sandbox(
            Recording(init=invocations.init()),
            environment,
            managed=kind == "managed",
            split_at_bytes=TORN_BYTES,
            repeat_every=10,
            repeat_after_thaw=kind == "frozen",
        )
        readings = Readings(f"{delivery}, {kind}, {INVOCATIONS} invocations", INVOCATIONS)
        live_long(sandbox, gateway, invocations, readings)
        readings.assert_flat(bytes_more=MAX_GROWTH[kind], series=MAX_SERIES)


def live_long(sandbox: Sandbox, gateway: UnsteadyGateway, invocations: Invocations, readings: Readings) -> None:
    """Run a long life with an unsteady gateway, and check that nothing failed and the counts are exact."""
    sandbox.start()
    for number in range(1, INVOCATIONS + 1):
        sandbox.invoke(invocations.make())
        if number % (INVOCATIONS // TURNS) == 0:
            gateway.turn()
        if readings.due(number):
            readings.add(number, sandbox.footprint(), series_in(gateway.text()))
    gateway.recover()
    sandbox.shutdown()
    result = sandbox.result()
    held = max(one.held_seconds for one in result.invocations)
    readings.show(f"held at most {held * 1000:.0f} ms, {result.lives[0].usage.cpu_seconds:.1f} s of CPU time")

    assert_nothing_failed(result)
    assert len(result.stderr.splitlines()) <= MAX_LINES
    assert_exact(gateway.text(), invocations.emitted, result)


def test_repeatedly_ended_processes_lose_nothing(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway, mapping: Mapping[str, str]
) -> None:
    invocations = Invocations(SEED)
    draw = random.Random(SEED)  # noqa: S311 - the same at each run
    sandbox = open_sandbox(
        Recording(init=invocations.init()),
        {"GATEWAY": embedded_gateway.url, "TELEMAP_PUSH_INTERVAL_MS": "0", **mapping},
        split_at_bytes=TORN_BYTES,
        repeat_every=5,
    )
    sandbox.start()
    for _ in range(LIVES):
        sandbox.invoke(invocations.make(first=True))
        for _ in range(draw.randrange(8)):
            sandbox.invoke(invocations.make())
        sandbox.invoke(invocations.make(draw.choice(("timeout", "failure"))))
    sandbox.invoke(invocations.make(first=True))
    sandbox.shutdown()

    result = sandbox.result()
    assert_nothing_failed(result)
    assert len(result.lives) == LIVES + 1
    assert len(embedded_gateway.groups) == LIVES + 1
    assert_exact(embedded_gateway.text(), invocations.emitted, result)
