"""Rows 13 and 14: the extension beside a C program that does the same protocol work, and nothing else.

Without a C compiler there are no such rows.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from inputs.events import invocations
from measuring import in_turn
from peers.commands import heavy
from result import Target, compared
from stands.gateway import PASSWORD, USERNAME, gateway_process
from stands.lambda_api import Start, running, start
from stands.layer import Layer, unpacked

from telemap_lambda.sandbox import Recording, Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from effort import Effort
    from result import Result

    from telemap_lambda.sandbox import SandboxResult

_SOURCE = Path(__file__).parents[1] / "peers" / "floor.c"
_GATEWAY = "http://127.0.0.1:9"
"""Nothing listens on this port, but no push is due before the first invocation."""

_WARM_UP = 20
_BUFFER_SECONDS = 0.005
"""Time before each post: Lambda buffers telemetry, so that an extension has gone to sleep before it comes."""

_INVOCATIONS = 100
_PUSH_AT_EACH = {"TELEMAP_PUSH_INTERVAL_MS": "0"}


def measure(effort: Effort) -> Iterator[Result]:
    """Start telemap, the C program and the heavy extension in turn; then invoke the first two in turn."""
    compiler = shutil.which("cc")
    if compiler is None:
        print("no cc: telemap is not compared with a C program", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder, unpacked(effort.layer) as layer:
        program = Path(folder) / "floor"
        subprocess.run([compiler, "-O2", "-D_GNU_SOURCE", "-o", program, _SOURCE], check=True)  # noqa: S603 - our own
        yield from _starts(effort, layer, program)
        yield from _invocations(effort, layer, program)


def _starts(effort: Effort, layer: Layer, program: Path) -> Iterator[Result]:
    """Measure starts in the sandbox, whose answers take as long as those of a Lambda API; then CPU and memory."""
    other = layer.folder.with_name("floor") / "extensions" / "telemap"
    other.parent.mkdir(parents=True)
    shutil.copy(program, other)
    lives: list[list[SandboxResult]] = [[], []]
    environment = {**layer.environment, "GATEWAY": _GATEWAY}

    def live(number: int, folder: Path) -> float:
        nothing = Recording.from_events([])
        with Sandbox(folder, recording=nothing, environment=environment) as sandbox:
            lives[number].append(sandbox.run())
        return lives[number][-1].init_seconds

    in_turn([lambda: live(0, layer.folder), lambda: live(1, other.parents[1])], effort.starts)
    ours, floor = (of_one[1:] for of_one in lives)  # the first ones are not counted
    registers = [[one.register_seconds for one in of_one] for of_one in (ours, floor)]
    yield compared("13", "start to register, against a C program", registers, Target(most=3.5))
    ready = [[one.init_seconds for one in of_one] for of_one in (ours, floor)]
    yield compared("13", "start to the first event/next, against a C program", ready, Target(most=4.5))
    starts: list[list[Start]] = [[], []]
    commands = [([str(layer.launcher)], environment), heavy(layer)]

    def once(number: int) -> float:
        starts[number].append(start(*commands[number]))
        return starts[number][-1].ready_seconds

    in_turn([lambda: once(0), lambda: once(1)], effort.starts)
    words = "until the first event/next, against a process with boto3, requests and prometheus_client"
    cpu = [[one.cpu_seconds for one in of_one[1:]] for of_one in starts]
    yield compared("13, CPU", f"CPU time {words}", cpu, Target(most=0.15))
    resident = [[one.resident_bytes / 1e6 for one in of_one[1:]] for of_one in starts]
    yield compared("13, memory", f"resident memory {words}", resident, Target(most=0.28), measured_in="MB")


def _invocations(effort: Effort, layer: Layer, program: Path) -> Iterator[Result]:
    with gateway_process() as url:
        gateway = url.replace("://", f"://{USERNAME}:{PASSWORD}@")
        for keeps, connections in ((True, "kept connections"), (False, "a connection for each post")):
            for words, settings in (("no push due", {}), ("a push at each", _PUSH_AT_EACH)):
                environment = {**layer.environment, "GATEWAY": gateway, **settings}

                def seconds(command: Path, variables: dict[str, str] = environment, *, keeps: bool = keeps) -> float:
                    return _seconds(command, variables, min(_INVOCATIONS, effort.invocations), keeps=keeps)

                actions = [lambda seconds=seconds: seconds(layer.launcher), lambda seconds=seconds: seconds(program)]
                times = in_turn(actions, effort.slow_starts)
                what = f"CPU time of an invocation, {words}, {connections}, against a C program"
                yield compared("14, CPU", what, times, None)


def _seconds(command: Path, environment: dict[str, str], number: int, *, keeps: bool) -> float:
    """Return the CPU time of an invocation with two posts of telemetry, after some that do not count."""
    with running([str(command)], environment) as extension:
        began = 0.0
        for at in range(-_WARM_UP, number):
            if not at:
                time.sleep(0.1)  # what the start has left to do
                began = extension.cpu_seconds
            first, _, _, done, report = invocations(1, seed=at + _WARM_UP)
            extension.invoke(first["record"]["requestId"])
            for events in ([first], [done, report]):
                time.sleep(_BUFFER_SECONDS)
                extension.post(events, keeps=keeps)
        return (extension.cpu_seconds - began) / number
