"""An extension with a share of a processor, limited by a cgroup or by stopping it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import CONDITIONS, ENDLESS_SECONDS, PATIENT_COMMAND, await_until

from telemap.cli import main
from telemap_lambda.sandbox import Load, Sandbox, synthetic
from telemap_lambda.sandbox.cpu_quota import CpuQuota
from telemap_lambda.sandbox.duty_cycle import DutyCycle

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap_lambda.sandbox import SandboxResult

pytestmark = pytest.mark.integration

SHARE = 0.2
BUSY = 0.3
"""Seconds of CPU before the extension registers: 1.5 s of time with that share, and more on a machine that is busy."""

UNBOUND = 0.8
"""The part of a processor that a process gets which is not held to its share; one that is held gets no more than this
even where the machine is so busy that it is stopped late."""


@pytest.fixture(autouse=True)
def _nothing_is_left_behind() -> Iterator[None]:
    threads = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= threads
    assert list(Path("/sys/fs/cgroup").rglob(f"telemap-sandbox-{os.getpid()}-*")) == []


def run(layer: Path, *, quota: bool, **manners: object) -> SandboxResult:
    return Sandbox(
        layer,
        recording=synthetic(Load(invocations=2, duration_ms=1)),
        environment={"MANNERS": json.dumps(manners)},
        cpu_share=SHARE,
        cpu_quota=quota,
        hold_gap_seconds=0.1,
        **CONDITIONS,
    ).run()


def cpu_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def is_stopped(process_id: int) -> bool:
    """Return whether each thread of a process is stopped by a signal."""
    threads = Path(f"/proc/{process_id}/task").glob("*/stat")
    return {thread.read_text().rpartition(")")[2].split()[0] for thread in threads} == {"T"}


@pytest.mark.parametrize("quota", [True, False])
def test_a_start_takes_longer_in_proportion_to_the_share(layer: Path, quota: bool) -> None:  # noqa: FBT001
    result = run(layer, quota=quota, busy=BUSY)
    assert result.register_seconds > BUSY / SHARE * 0.8
    assert not any(one.failed for one in result.invocations)
    assert (result.exit_code, result.killed) == (0, False)


def test_the_share_holds_across_freezes(layer: Path) -> None:
    began = time.monotonic()
    result = run(layer, quota=False, busy_beside=ENDLESS_SECONDS)
    (life,) = result.lives
    assert not any(one.failed for one in result.invocations)
    assert life.usage.cpu_seconds < (time.monotonic() - began) * UNBOUND


def test_a_frozen_process_remains_frozen_regardless_of_its_share(layer: Path) -> None:
    with Sandbox(
        layer,
        recording=synthetic(Load(invocations=2, duration_ms=1)),
        environment={"MANNERS": json.dumps({"busy_beside": ENDLESS_SECONDS})},
        cpu_share=SHARE,
        cpu_quota=False,
        **CONDITIONS,
    ) as sandbox:
        sandbox.start()
        sandbox.invoke(sandbox.recording.invocations[0])
        process_id = sandbox.process.pid
        await_until(lambda: is_stopped(process_id))  # a signal may be on its way
        before = cpu_seconds(process_id)
        time.sleep(0.4)
        assert cpu_seconds(process_id) == before
        sandbox.invoke(sandbox.recording.invocations[1])
        sandbox.shutdown()
        assert sandbox.result().exit_code == 0


def test_child_processes_count_towards_the_share() -> None:
    program = "import subprocess, sys; subprocess.run([sys.executable, '-I', '-S', '-c', 'while True: pass'])"
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", program], start_new_session=True) as process:
        stops: list[bool] = []

        def stop(stopped: bool) -> None:  # noqa: FBT001
            stops.append(stopped)
            os.killpg(process.pid, signal.SIGSTOP if stopped else signal.SIGCONT)

        cycle = DutyCycle(process.pid, SHARE, stop)
        await_until(lambda: len(stops) >= 10)  # its own start accounts for the first of them alone
        cycle.end()
        os.killpg(process.pid, signal.SIGKILL)
    assert stops == [True, False] * (len(stops) // 2)


def test_a_waiting_process_is_not_stopped() -> None:
    stops: list[bool] = []
    with subprocess.Popen(["sleep", str(ENDLESS_SECONDS)]) as process:
        cycle = DutyCycle(process.pid, SHARE, stops.append)
        time.sleep(0.3)
        cycle.end()
        process.kill()
    assert stops == []


def test_a_cgroup_limits_a_process_and_can_be_removed_while_it_runs() -> None:
    quota = CpuQuota.make(SHARE)
    if quota is None:
        pytest.skip("this process may make no cgroup with a quota")
    command = quota.command(sys.executable, "-I", "-S", "-c", "while True: pass")
    with subprocess.Popen(command) as process:
        began = time.monotonic()
        time.sleep(1)
        await_until(lambda: cpu_seconds(process.pid))
        used = cpu_seconds(process.pid)
        assert used < (time.monotonic() - began) * SHARE * 1.3 + 0.05
        quota.remove()
        assert not quota.folder.exists()
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("share", ["0", "1/0", "1/1000", "2", "-1/14", "a", "nan"])
def test_the_command_refuses_invalid_shares(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["sandbox", "--cpu-share", share])
    assert stopped.value.code == 2
    assert "--cpu-share" in capsys.readouterr().err


def test_the_command_accepts_a_fraction(capfd: pytest.CaptureFixture[str]) -> None:
    few = ("--invocations", "2", "--duration-ms", "1")
    assert main(["sandbox", *few, *PATIENT_COMMAND, "--cpu-share", "1/2", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out)["invocations"] == 2
