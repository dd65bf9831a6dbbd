"""Rows 8, 9 and 10, first part: the start of the extension, from the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring import in_turn
from peers.commands import bare_seconds, heavy
from result import Result, Target, compared
from stands.lambda_api import Start, start
from stands.layer import Layer, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from effort import Effort

_GATEWAY = "http://127.0.0.1:9"
"""Nothing listens on this port, but no push is due before the first invocation."""


def measure(effort: Effort) -> Iterator[Result]:
    """Start telemap, the heavy extension and a bare Python in turn."""
    ours: list[Start] = []
    heavies: list[Start] = []
    with unpacked(effort.layer) as layer:
        actions = [lambda: _ours(layer, ours), lambda: _heavy(layer, heavies), lambda: bare_seconds(layer)]
        bare = in_turn(actions, effort.starts)[2]
    ours, heavies = ours[1:], heavies[1:]  # the first ones are not counted
    against = "against a process with boto3, requests and prometheus_client"
    registers = [one.register_seconds for one in ours]
    yield compared("8", "start to register, against a bare Python", (registers, bare), Target(most=1.6))
    others = [one.register_seconds for one in heavies]
    yield compared("8", f"start to register, {against}", (registers, others), Target(most=0.15))
    ready = [[one.ready_seconds for one in starts] for starts in (ours, heavies)]
    yield compared("9", f"start to the first event/next, default mapping, {against}", ready, Target(most=0.4))
    cpu = [[one.cpu_seconds for one in starts] for starts in (ours, heavies)]
    yield compared("9, CPU", f"CPU time until then, {against}", cpu, None)
    peaks = [[one.peak_bytes / 1e6 for one in starts] for starts in (ours, heavies)]
    yield compared("10", f"peak memory until then, {against}", peaks, Target(most=0.5), measured_in="MB")


def _ours(layer: Layer, starts: list[Start]) -> float:
    starts.append(start([str(layer.launcher)], {**layer.environment, "GATEWAY": _GATEWAY}))
    return starts[-1].ready_seconds


def _heavy(layer: Layer, starts: list[Start]) -> float:
    starts.append(start(*heavy(layer)))
    return starts[-1].ready_seconds
