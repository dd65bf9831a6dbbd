"""`telemap sandbox`: the extension in a local Lambda that treats it as badly as asked, and a report on it."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, WrongUseError
from telemap.cli.files import require_mapping
from telemap.resources import SHIPPED
from telemap_lambda.sandbox_options import GATEWAYS, add_options

if TYPE_CHECKING:
    import argparse

    from telemap_lambda.sandbox import Conditions, Recording, SandboxResult
    from telemap_lambda.sandbox.report import Report
    from telemap_lambda.sandbox.target import Target

HELP = "Run the extension in a local Lambda with faults of your choice, and report what it did to the function."

_FUNCTION = "telemap-sandbox"
_EXIT_TERMINATED = 143  # 128 + SIGTERM, as shells have it
_SPLIT_LEAST = 1024
_RECORDED_MOST = 1 << 30
"""Bytes of a recording that is made on somebody's own machine."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments the command takes."""
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Play; print the report. 1 when the extension harmed the function, 2 when this cannot be played."""
    from telemap_lambda.sandbox.report import as_json, as_text  # noqa: PLC0415 - `--help` needs none of this

    _check(arguments)
    if arguments.record is not None:
        _begin_recording(arguments.record, arguments.events)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_EXIT_TERMINATED))  # so that what was started is stopped
    report = _play(arguments)
    print(as_json(report) if arguments.format == "json" else as_text(report).rstrip("\n"))
    return EXIT_PROBLEMS if report.faults else 0


def _check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be played, before anything is started."""
    require_mapping(arguments.mapping)
    if arguments.events is not None and not arguments.events.is_file():
        raise WrongUseError(f"no such file: {arguments.events}")
    if not _is_gateway(arguments.gateway):
        raise WrongUseError(f"--gateway {arguments.gateway}: neither a URL nor one of {', '.join(GATEWAYS)}")
    if 0 < arguments.split_at_bytes < _SPLIT_LEAST:
        raise WrongUseError(f"--split-at-bytes must be at least {_SPLIT_LEAST}")
    if arguments.concurrency > 1 and arguments.kind != "lambda-managed-instances":
        raise WrongUseError("--concurrency needs --kind lambda-managed-instances: elsewhere invocations are one by one")


def _begin_recording(path: Path, events: Path | None) -> None:
    """Empty the file that the extension will add to, and find out that it can be written.

    Raises:
        WrongUseError: it cannot.
    """
    if path.suffix == ".gz":
        raise WrongUseError(f"--record {path}: a recording is not compressed while it is made; leave '.gz' away")
    if events is not None and path.exists() and path.samefile(events):
        raise WrongUseError(f"--record {path}: it would be written over what --events reads; choose another name")
    try:
        path.write_bytes(b"")
    except OSError as error:
        raise WrongUseError(f"--record {path}: cannot be written: {error.strerror}") from error


def _is_gateway(name: str) -> bool:
    return name in GATEWAYS or name == "localhost" or any(mark in name for mark in ":/.")


def _play(arguments: argparse.Namespace) -> Report:
    from telemap_lambda.sandbox.report import report_on  # noqa: PLC0415 - as above
    from telemap_lambda.sandbox.target import target  # noqa: PLC0415

    delay = arguments.delay_ms / 1000
    with target(arguments.gateway, delay_seconds=delay, drop=arguments.drop_connections) as gateway:
        environment = _environment(arguments, gateway.url)
        result = _run(arguments, gateway, environment)
        return report_on(
            result,
            gateway=gateway.name,
            bound_ms=arguments.bound_ms,
            pushes=gateway.pushes(),
            on_gateway=gateway.held(environment.get("TELEMAP_JOB", _FUNCTION)),
        )


def _environment(arguments: argparse.Namespace, url: str) -> dict[str, str]:
    mapping: str = arguments.mapping
    return {
        "GATEWAY": url,
        "MAPPING_FILE": mapping if mapping.startswith(SHIPPED) else str(Path(mapping).resolve()),
        **_recording_settings(arguments.record),
        **dict(arguments.env),
    }


def _recording_settings(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    return {
        "TELEMAP_RECORD": str(path.resolve()),
        "TELEMAP_RECORD_LOGS": "true",
        "TELEMAP_RECORD_MAX_BYTES": str(_RECORDED_MOST),
    }


def _conditions(arguments: argparse.Namespace) -> Conditions:
    from telemap_lambda.sandbox import Conditions  # noqa: PLC0415 - as above

    return Conditions(
        freeze=not arguments.no_freeze,
        hold_gap_seconds=arguments.gap_ms / 1000,
        max_duration_seconds=arguments.duration_ms * 1.1 / 1000,
        function_timeout_seconds=arguments.timeout_ms / 1000,
        snapshot_seconds=arguments.snapshot_ms / 1000,
        cpu_share=arguments.cpu_share,
        managed=arguments.kind == "lambda-managed-instances",
        concurrency=arguments.concurrency,
        repeat_every=arguments.repeat_every,
        repeat_after_thaw=arguments.repeat_after_thaw,
        split_at_bytes=arguments.split_at_bytes,
    )


def _recording(arguments: argparse.Namespace) -> Recording:
    from telemap_lambda.sandbox import Load, load, synthetic  # noqa: PLC0415 - as above

    if arguments.events is not None:
        return load(arguments.events).with_endings()
    names = ("invocations", "duration_ms", "log_lines", "line_bytes", "error_every", "timeout_every", "crash_every",
             "kill_every", "large_every")  # fmt: skip
    chosen = {name: getattr(arguments, name) for name in names}
    return synthetic(Load(initialization_type=arguments.kind, **chosen))


def _run(arguments: argparse.Namespace, gateway: Target, environment: dict[str, str]) -> SandboxResult:
    """Play, with a bar on a terminal that shows how far it is."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    from telemap_lambda.sandbox import Sandbox, Step  # noqa: PLC0415

    recording = _recording(arguments)
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.description:22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("invocations", total=len(recording.invocations))

        def on_step(step: Step) -> None:
            progress.update(task, completed=step.number or None)

        with Sandbox(
            recording=recording,
            environment=environment,
            function_name=_FUNCTION,
            on_freeze=gateway.drop,
            conditions=_conditions(arguments),
        ) as sandbox:
            result = sandbox.run(on_step)
    if result.stderr:
        console.print("The extension's log:", result.stderr, markup=False)
    return result
