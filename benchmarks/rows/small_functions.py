"""A start and a push with a fourteenth of a processor, the share of a function with 128 MB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from measuring import in_turn
from peers.commands import heavy
from result import Result, compared
from stands.layer import Layer, unpacked

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Load, Recording, Sandbox, SandboxResult, synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from effort import Effort

_SHARE = 1 / 14
_INIT_SECONDS = 120.0
_INVOCATIONS = 8
_DURATION_MS = 400.0
"""Duration of a function, long enough for a push in parallel."""


def measure(effort: Effort) -> Iterator[Result]:
    """Start telemap and the heavy extension in turn; then measure telemap's pushes, with and without the limit."""
    ours: list[SandboxResult] = []
    heavies: list[SandboxResult] = []
    with unpacked(effort.layer) as layer:
        other = _heavy_layer(layer)
        in_turn([lambda: _start(layer.folder, layer, ours), lambda: _start(other, layer, heavies)], effort.slow_starts)
        small: list[float] = []
        whole: list[float] = []
        actions = [lambda: _push_seconds(layer, _SHARE, small), lambda: _push_seconds(layer, 1.0, whole)]
        pushes = in_turn(actions, effort.slow_starts)
    yield _compared(
        "start to register", [one.register_seconds for one in ours], [one.register_seconds for one in heavies]
    )
    yield _compared(
        "start to the first event/next", [one.init_seconds for one in ours], [one.init_seconds for one in heavies]
    )
    against = "against the same with a whole processor"
    yield compared("1/14 CPU", f"the first push, {against}", (small[1:], whole[1:]), None)
    yield compared("1/14 CPU", f"a later push, {against}", pushes, None)


def _compared(what: str, ours: list[float], others: list[float]) -> Result:
    return compared("1/14 CPU", f"{what}, against the heavy process", (ours[1:], others[1:]), None)


def _heavy_layer(layer: Layer) -> Path:
    """Create a layer with the heavy extension."""
    folder = layer.folder.with_name("heavy")
    launcher = folder / "extensions" / "telemap"
    launcher.parent.mkdir(parents=True)
    command, variables = heavy(layer)
    given = f"PYTHONPATH='{variables['PYTHONPATH']}' exec " + " ".join(f"'{word}'" for word in command)
    launcher.write_text(f"#!/bin/sh\n{given}\n", encoding="utf-8")
    launcher.chmod(0o755)
    return folder


def _start(folder: Path, layer: Layer, results: list[SandboxResult]) -> float:
    environment = {**layer.environment, "GATEWAY": "http://127.0.0.1:9"}
    nothing = Recording.from_events([])
    with Sandbox(
        folder, recording=nothing, environment=environment, cpu_share=_SHARE, init_timeout_seconds=_INIT_SECONDS
    ) as sandbox:
        results.append(sandbox.run())
    return results[-1].init_seconds


def _push_seconds(layer: Layer, share: float, firsts: list[float]) -> float:
    """Return the mean time of pushes after the first, as measured by telemap; each runs in parallel with a function.

    Args:
        layer: the layer.
        share: the share of a processor.
        firsts: a list to append the time of the first push to.
    """
    recording = synthetic(Load(invocations=_INVOCATIONS, duration_ms=_DURATION_MS, log_lines=0))
    with FakeGateway() as gateway:
        environment = {**layer.environment, "GATEWAY": gateway.url, "TELEMAP_PUSH_INTERVAL_MS": "0"}
        with Sandbox(
            layer.folder,
            recording=recording,
            environment=environment,
            cpu_share=share,
            init_timeout_seconds=_INIT_SECONDS,
            max_duration_seconds=_DURATION_MS / 1000,
        ) as sandbox:
            sandbox.start()
            totals: list[tuple[float, float]] = []
            for invocation in recording.invocations:
                sandbox.invoke(invocation)
                found = dict(re.findall(r"telemap_push_duration_seconds_(sum|count)\S* (\S+)", gateway.text()))
                if found:
                    totals.append((float(found["count"]), float(found["sum"])))
            sandbox.shutdown()
    (first, first_sum), (last, last_sum) = totals[0], totals[-1]
    firsts.append(first_sum / first)
    return (last_sum - first_sum) / (last - first)
