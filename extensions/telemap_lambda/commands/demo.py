"""`telemap demo`: from telemetry to a gateway on this machine, with a real extension process."""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import EXIT_PROBLEMS
from telemap.cli.files import require_mapping, show_errors
from telemap.cli.inputs import add_events, add_mapping, events_of, mapping_of
from telemap.cli.output import print_data, print_to_stderr
from telemap.errors import MappingError
from telemap.load import load
from telemap.resources import SHIPPED
from telemap_lambda.commands.demo_idea import idea_lines

if TYPE_CHECKING:
    import argparse

    from telemap_lambda.commands.demo_gateway import DemoGateway
    from telemap_lambda.sandbox import Recording, SandboxResult

HELP = "Run the extension in a local Lambda sandbox, and show the metrics that the gateway then serves."

_RECORDING = Path(__file__).parents[1] / "sandbox" / "recordings" / "orders.json"
_FUNCTION = "telemap-demo"
_EXIT_TERMINATED = 143  # 128 + SIGTERM, as in shells
_OWN = re.compile(r"# HELP telemap_")
_OF_THE_GATEWAY = re.compile(r"# HELP push_(?:failure_)?time_seconds ")
_PAUSE_SECONDS = 0.15
"""Pause between invocations, so that the progress is visible."""

_GRACE_SECONDS = 10.0
"""Extra time for deadlines, so that the demo does not fail on a busy machine."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    add_mapping(parser)
    add_events(parser, "recorded events, optionally gzipped; - is standard input (default: 13 invocations)")


def run(arguments: argparse.Namespace) -> int:
    """Play a recording, report progress on standard error, and print the metrics on standard output."""
    from telemap_lambda.commands.demo_gateway import demo_gateway  # noqa: PLC0415 - only a running demo needs it
    from telemap_lambda.commands.recording import played  # noqa: PLC0415

    mapping, events = mapping_of(arguments, report=False), events_of(arguments) or str(_RECORDING)
    require_mapping(mapping)
    try:
        loaded = load(mapping)
    except MappingError as error:
        show_errors(mapping, error)
        return EXIT_PROBLEMS
    recording = played(events)
    print_to_stderr(
        *idea_lines(loaded, list(recording.events)), "", "Now the real thing: the extension, in a Lambda sandbox.", ""
    )
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(_EXIT_TERMINATED)
    )  # so that context managers stop what they started
    with demo_gateway() as gateway:
        print_to_stderr(
            f"Gateway:   {gateway.name}, on {gateway.url}",
            f"Mapping:   {mapping}",
            f"Telemetry: {Path(events).name}, {len(recording.invocations)} invocations",
        )
        result = _play(gateway, recording, mapping)
        _print_summary(result)
        text = gateway.text()
    own = _families_of(text, _FUNCTION, _OWN)
    print_to_stderr("", "What Prometheus scrapes from the gateway:", "")
    print_data(_families_of(text, _FUNCTION))
    sys.stdout.flush()
    print_to_stderr(
        "",
        f"and {len(re.findall(r'(?m)^[^#]', own))} series about telemap itself, such as telemap_pushes_total.",
        "",
        "Next:",
        "  telemap init EVENTS           begin a mapping with what your function logs",
        "  telemap demo MAPPING EVENTS   the same with your own",
        "  docs/tutorial.md              from the first metric to a deployed layer",
    )
    if re.search(r"(?m)^telemap_mapping_fallback\{.*\} 1$", own):
        print_to_stderr(
            "The extension could not use this mapping and ran the default instead; see its log.", style="red"
        )
        return EXIT_PROBLEMS
    return EXIT_PROBLEMS if result.exit_code or any(invocation.failed for invocation in result.invocations) else 0


def _play(gateway: DemoGateway, recording: Recording, mapping: str) -> SandboxResult:
    """Run the extension on the recording, with a progress bar."""
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    from telemap_lambda.sandbox import Sandbox, Step  # noqa: PLC0415

    environment = {
        "GATEWAY": gateway.url,
        "MAPPING_FILE": mapping if mapping.startswith(SHIPPED) else str(Path(mapping).resolve()),
    }
    columns = (TextColumn("{task.description:22}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("cold start", total=len(recording.invocations))

        def on_step(step: Step) -> None:
            words = {"init": "first invocation", "invocation": "invocations", "shutdown": "shut down"}
            progress.update(task, description=words[step.phase], completed=step.number or None)

        with Sandbox(
            recording=recording,
            environment=environment,
            function_name=_FUNCTION,
            hold_gap_seconds=_PAUSE_SECONDS,
            grace_seconds=_GRACE_SECONDS,
        ) as sandbox:
            return sandbox.run(on_step)


def _print_summary(result: SandboxResult) -> None:
    """Report how the extension behaved."""
    held = max((invocation.held_seconds for invocation in result.invocations), default=0.0)
    print_to_stderr(
        f"The extension registered after {result.register_seconds * 1000:.0f} ms, held no invocation for more than"
        f" {held * 1000:.0f} ms, and exited with code {result.exit_code}"
        f" {result.shutdown_seconds * 1000:.0f} ms after SHUTDOWN."
    )
    for invocation in result.invocations:
        if invocation.failed:
            print_to_stderr(f"Invocation {invocation.request_id} failed: {invocation.reason}", style="red")
    if result.stderr:
        print_to_stderr("Its log:", *result.stderr.removesuffix("\n").split("\n"))


def _families_of(text: str, job: str, wanted: re.Pattern[str] | None = None) -> str:
    """Return the metrics of an exposition that have samples of a job: those of the mapping, or of a pattern."""
    blocks = [block for block in re.split(r"(?m)^(?=# HELP )", text) if f'job="{job}"' in block]
    if wanted is not None:
        return "".join(block for block in blocks if wanted.match(block))
    return "".join(block for block in blocks if not _OWN.match(block) and not _OF_THE_GATEWAY.match(block))
