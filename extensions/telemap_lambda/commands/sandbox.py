"""`telemap sandbox`: run the extension in a local Lambda sandbox with failures, and report the effects."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS, UsageError
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import events_of, mapping_of
from telemap.cli.output import print_json, print_lines, print_to_stderr
from telemap.errors import MappingError
from telemap.load import load
from telemap.resources import SHIPPED
from telemap.whole_file import write_whole
from telemap_lambda.commands.sandbox_checks import check
from telemap_lambda.commands.sandbox_options import SYNTHETIC_OPTIONS, add_options

if TYPE_CHECKING:
    import argparse

    from telemap_lambda.sandbox import Conditions, Recording, SandboxResult
    from telemap_lambda.sandbox.report import Report
    from telemap_lambda.sandbox.target import Target

HELP = "Run the extension in a local Lambda sandbox, with failures of your choice."

_FUNCTION = "telemap-sandbox"
_EXIT_TERMINATED = 143  # 128 + SIGTERM, as in shells
_MAX_RECORDING_BYTES = 1 << 30
"""Maximum size in bytes of a local recording."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_options(parser)


def run(arguments: argparse.Namespace) -> int:
    """Play the recording or synthetic invocations, and print the report.

    Returns:
        1 if the extension harmed the function or could not use the mapping.
    """
    from telemap_lambda.sandbox.report import as_json, text_lines  # noqa: PLC0415 - `--help` needs none of this

    arguments.mapping, arguments.events = mapping_of(arguments), events_of(arguments)
    require_mapping(arguments.mapping)
    check(arguments)
    recording = _recording(arguments)
    if arguments.record is not None:
        _begin_recording(arguments.record)
    _show_errors(arguments.mapping)
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(_EXIT_TERMINATED)
    )  # so that context managers stop what they started
    report = _play(arguments, recording)
    if arguments.format == "json":
        print_json(as_json(report))
    else:
        print_lines(text_lines(report))
    return EXIT_PROBLEMS if report.faults or report.mapping_fault else 0


def _show_errors(mapping: str) -> None:
    """Show the problems of the mapping, and continue, as the extension does."""
    try:
        load(mapping)
    except MappingError as error:
        show_errors(mapping, error)


def _begin_recording(path: Path) -> None:
    """Empty the file that the extension will append to.

    Raises:
        UsageError: the file cannot be written.
    """
    try:
        write_whole(path, b"")
    except OSError as error:
        raise UsageError(f"--record {path}: cannot be written: {error.strerror}") from error


def _play(arguments: argparse.Namespace, recording: Recording) -> Report:
    from telemap_lambda.sandbox.report import report_on  # noqa: PLC0415 - as above
    from telemap_lambda.sandbox.target import target  # noqa: PLC0415

    delay = arguments.delay_ms / 1000
    with target(arguments.gateway, delay_seconds=delay, drop=arguments.drop_connections) as gateway:
        environment = _environment(arguments, gateway.url)
        function = environment.get("AWS_LAMBDA_FUNCTION_NAME") or _FUNCTION
        result = _run(arguments, recording, gateway, environment, function)
        return report_on(
            result,
            gateway=gateway.name,
            mapping=arguments.mapping,
            bound_ms=arguments.bound_ms,
            pushes=gateway.pushes(),
            on_gateway=gateway.held(environment.get("TELEMAP_JOB") or function),
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
        "TELEMAP_RECORD_MAX_BYTES": str(_MAX_RECORDING_BYTES),
    }


def _conditions(arguments: argparse.Namespace) -> Conditions:
    from telemap_lambda.sandbox import Conditions  # noqa: PLC0415 - as above

    return Conditions(
        freeze=not arguments.no_freeze,
        hold_gap_seconds=arguments.gap_ms / 1000,
        max_duration_seconds=arguments.duration_ms * 1.1 / 1000,
        function_timeout_seconds=arguments.timeout_ms / 1000,
        grace_seconds=arguments.grace_ms / 1000,
        snapshot_seconds=arguments.snapshot_ms / 1000,
        cpu_share=arguments.cpu_share,
        managed=arguments.kind == "lambda-managed-instances",
        concurrency=arguments.concurrency,
        repeat_every=arguments.repeat_every,
        repeat_after_thaw=arguments.repeat_after_thaw,
        split_at_bytes=arguments.split_at_bytes,
    )


def _recording(arguments: argparse.Namespace) -> Recording:
    from telemap_lambda.commands.recording import played  # noqa: PLC0415 - as above
    from telemap_lambda.sandbox import Load, synthetic  # noqa: PLC0415 - as above

    if arguments.events is not None:
        return played(arguments.events).with_endings()
    chosen = {name: getattr(arguments, name) for name in (*SYNTHETIC_OPTIONS, "duration_ms")}
    return synthetic(Load(initialization_type=arguments.kind, **chosen))


def _run(
    arguments: argparse.Namespace, recording: Recording, gateway: Target, environment: dict[str, str], function: str
) -> SandboxResult:
    """Play the recording, with a progress bar on a terminal."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    from telemap_lambda.sandbox import Sandbox, Step  # noqa: PLC0415

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    columns = (TextColumn("{task.description:22}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("invocations", total=len(recording.invocations))

        def on_step(step: Step) -> None:
            progress.update(task, completed=step.number or None)

        with Sandbox(
            recording=recording,
            environment=environment,
            function_name=function,
            on_freeze=gateway.drop,
            conditions=_conditions(arguments),
        ) as sandbox:
            result = sandbox.run(on_step)
    if result.stderr:
        print_to_stderr("The extension's log:", *result.stderr.removesuffix("\n").split("\n"))
    return result
