"""`telemap preview` as a process: what Ctrl-C does to it, what it shows on a terminal, how much memory it takes."""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from patience import PATIENCE_SECONDS, await_until

from telemap.cli.interruption import Interruption

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "telemap", "preview", "telemap:default", "-"]
EVENT = json.dumps({"type": "function", "record": "x" * 100}) + "\n"


@pytest.fixture
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def waits_for_more(process: subprocess.Popen[bytes]) -> bool:
    """Return whether a process has read all of its standard input that there is, and sleeps."""
    assert process.stdin is not None
    unread = struct.unpack("i", fcntl.ioctl(process.stdin, termios.FIONREAD, b"\0" * 4))[0]
    state = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0]
    return not unread and state == "S"


@pytest.mark.integration
@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ([], b'aws_lambda_events_total{type="function"} 3500.0\n'),
        (["--cardinality"], b"3,500 events: 1 of at most "),
        (["--diff", "telemap:logs"], b'-aws_lambda_events_total{type="function"} 3500.0\n'),
        (["--format", "json"], b'"is_complete": false'),
    ],
)
def test_ctrl_c_prints_result_so_far(options: list[str], shown: bytes) -> None:
    with subprocess.Popen(
        [*COMMAND, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        process.stdin.write(EVENT.encode() * 3500)  # three batches and a half
        process.stdin.flush()
        await_until(lambda: waits_for_more(process))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130
    assert shown in out
    assert err == b"telemap: interrupted after 3,500 events; the output covers these\n"


def test_ctrl_c_waits_for_the_end_of_a_batch() -> None:
    done = []

    def work(name: str) -> None:
        with interruption.held():
            os.kill(os.getpid(), signal.SIGINT)
            done.append(name)

    with Interruption() as interruption:
        with pytest.raises(KeyboardInterrupt):
            work("first")
        with interruption.held():
            done.append("second")
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert done == ["first", "second"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_sigint_handlers_are_kept() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption, interruption.held():
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Return both ends of a terminal of 100 columns: what a user sees, and what a process writes to."""
    seen, written = pty.openpty()
    fcntl.ioctl(written, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    yield seen, written
    os.close(seen)


def read_all(terminal: int) -> bytes:
    """Read what was written to a terminal whose writers are gone."""
    parts = []
    try:
        while part := os.read(terminal, 4096):
            parts.append(part)
    except OSError:  # Linux says so that nobody writes any more
        pass
    return b"".join(parts)


def feed_slowly(process: subprocess.Popen[bytes]) -> None:
    """Write two batches, and a second between."""
    assert process.stdin is not None
    for pause in (1, 0):
        process.stdin.write(EVENT.encode() * 1000)
        process.stdin.flush()
        await_until(lambda: waits_for_more(process))
        time.sleep(pause)
    process.stdin.close()


@pytest.mark.integration
@pytest.mark.usefixtures("_plain_environment")
def test_terminal_shows_progress(terminal: tuple[int, int]) -> None:
    seen, written = terminal
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=written) as process:
        os.close(written)
        feed_slowly(process)
        assert process.stdout is not None
        out = process.stdout.read()
        shown = read_all(seen).decode()
    assert process.returncode == 0
    assert b'aws_lambda_events_total{type="function"} 2000.0\n' in out
    assert b"\x1b" not in out
    assert "events, " in shown
    assert " per second" in shown


@pytest.mark.integration
@pytest.mark.usefixtures("_plain_environment")
@pytest.mark.parametrize("term", ["dumb", "xterm"])
def test_no_progress_bar_for_short_recordings_and_dumb_terminals(
    term: str, terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    seen, written = terminal
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=written) as process:
        os.close(written)
        if term == "dumb":
            feed_slowly(process)
        else:
            assert process.stdin is not None
            process.stdin.write(EVENT.encode())
            process.stdin.close()
        assert process.stdout is not None
        process.stdout.read()
        assert read_all(seen) == b""


@pytest.mark.integration
def test_no_progress_bar_without_terminal() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        feed_slowly(process)
        assert process.stderr is not None
        assert process.stderr.read() == b""


@pytest.mark.integration
@pytest.mark.usefixtures("_plain_environment")
@pytest.mark.parametrize("colours", [True, False])
def test_diff_is_coloured_on_terminals_unless_no_color(
    terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch, *, colours: bool
) -> None:
    if not colours:
        monkeypatch.setenv("NO_COLOR", "1")
    seen, written = terminal
    command = [*COMMAND, "--diff", "telemap:logs"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=written) as process:
        os.close(written)
        assert process.stdin is not None
        process.stdin.write(EVENT.encode())
        process.stdin.close()
        shown = read_all(seen)
    assert b'-aws_lambda_events_total{type="function"} 1.0' in shown
    assert (b"\x1b[31m-" in shown) == colours


@pytest.mark.integration
@pytest.mark.parametrize("options", [[], ["--cardinality"], ["--diff", "telemap:default"]])
def test_output_is_utf_8_in_every_locale(options: list[str], tmp_path: Path) -> None:
    """The format wants it: https://prometheus.io/docs/instrumenting/exposition_formats/."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "version: 1\nmetrics: {a_total: {type: counter, help: A., from: function, labels: {a: $.record}}}\n"
    )
    events = "".join(json.dumps({"type": "function", "record": f"{n}\u00e9\u20ac"}) + "\n" for n in range(2))
    finished = subprocess.run(
        [*COMMAND[:-2], str(mapping), "-", *options],
        input=events.encode(),
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "ascii"},
        check=True,
    )
    assert "0\u00e9\u20ac" in finished.stdout.decode()


MEMORY = """
import resource, sys
from telemap.cli import main
code = main(["preview", "telemap:default", "-", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(code)
"""


def peak_kib(events: int, *options: str, array: bool, packed: bool) -> int:
    """Preview so many events from a pipe; give the peak of the process's memory, in KiB."""
    separator = "," if array else ""
    block = (EVENT.strip() + separator + "\n") * 1000
    with subprocess.Popen(
        [sys.executable, "-c", MEMORY, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        stream = gzip.GzipFile(fileobj=process.stdin, mode="wb", compresslevel=1) if packed else process.stdin
        stream.write(b"[" if array else b"")
        for _ in range(events // 1000):
            stream.write(block.encode())
        stream.write(b"1]" if array else b"")
        stream.close()
        process.stdin.close()
        *_, peak = process.stderr.read().splitlines()
    assert process.returncode == 0
    return int(peak)


@pytest.mark.integration
@pytest.mark.parametrize("form", ["lines", "array", "packed lines"])
def test_memory_does_not_grow_with_the_recording(form: str) -> None:
    array, packed = form == "array", "packed" in form
    small = peak_kib(10_000, array=array, packed=packed)
    large = peak_kib(150_000, array=array, packed=packed)
    assert large - small < 3 * 1024


@pytest.mark.integration
@pytest.mark.parametrize("options", [("--cardinality",), ("--diff", "telemap:platform")])
def test_memory_does_not_grow_with_comparisons(options: tuple[str, ...]) -> None:
    small, large = (peak_kib(events, *options, array=False, packed=False) for events in (10_000, 100_000))
    assert large - small < 3 * 1024
