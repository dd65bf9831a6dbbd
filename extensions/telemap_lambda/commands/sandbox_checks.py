"""Options of `telemap sandbox` that do not go together: each is refused before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import WrongUseError
from telemap.cli.files import require_recording_place
from telemap_lambda.commands.sandbox_options import GATEWAYS, MADE_UP

if TYPE_CHECKING:
    import argparse

_SPLIT_LEAST = 1024
_MANAGED = "lambda-managed-instances"

_OPTION_OF = {"GATEWAY": "--gateway", "MAPPING_FILE": "--mapping"}
"""Variables that options of their own set."""


def check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be played, and options that would change nothing.

    Raises:
        WrongUseError: the message names the option, and what it needs.
    """
    _check_recording(arguments)
    _check_platform(arguments)
    _check_gateway(arguments)
    if arguments.record is not None:
        _check_record(arguments.record, arguments.events)


def _check_recording(arguments: argparse.Namespace) -> None:
    """Refuse what makes up invocations where recorded ones are played."""
    if arguments.events is None:
        return
    for name in arguments.given & set(MADE_UP):
        raise WrongUseError(f"{_option(name)} is for invocations that are made up, and --events plays recorded ones")
    if "kind" in arguments.given and arguments.kind != _MANAGED:
        raise WrongUseError("--kind is for invocations that are made up: a recording says how its process began")


def _check_platform(arguments: argparse.Namespace) -> None:
    if 0 < arguments.split_at_bytes < _SPLIT_LEAST:
        raise WrongUseError(f"--split-at-bytes must be at least {_SPLIT_LEAST}")
    if arguments.concurrency > 1 and arguments.kind != _MANAGED:
        raise WrongUseError(f"--concurrency needs --kind {_MANAGED}: elsewhere invocations are one by one")
    if "snapshot_ms" in arguments.given and arguments.kind != "snap-start" and arguments.events is None:
        raise WrongUseError("--snapshot-ms needs --kind snap-start: elsewhere there is no snapshot")
    if arguments.repeat_after_thaw and not arguments.repeat_every:
        raise WrongUseError("--repeat-after-thaw needs --repeat-every N: without it nothing is posted twice")
    is_frozen = not arguments.no_freeze and arguments.kind != _MANAGED
    for name in ("drop_connections", "repeat_after_thaw"):
        if getattr(arguments, name) and not is_frozen:
            why = "--no-freeze" if arguments.no_freeze else f"--kind {_MANAGED}"
            raise WrongUseError(f"{_option(name)} cannot be used with {why}: there nothing is frozen")


def _check_gateway(arguments: argparse.Namespace) -> None:
    if not _is_gateway(arguments.gateway):
        raise WrongUseError(f"--gateway {arguments.gateway}: neither a URL nor one of {', '.join(GATEWAYS)}")
    if "delay_ms" in arguments.given and arguments.gateway != "slow":
        raise WrongUseError("--delay-ms needs --gateway slow: no other waits before it answers")
    for name, _ in arguments.env:
        if option := _OPTION_OF.get(name):
            raise WrongUseError(f"--env {name}=... is what {option} sets: use {option}")


def _check_record(path: Path, events: str | None) -> None:
    if path.suffix == ".gz":
        raise WrongUseError(f"--record {path}: a recording is not compressed while it is made; leave '.gz' away")
    if events is not None and path.exists() and Path(events).exists() and path.samefile(events):
        raise WrongUseError(f"--record {path}: it would be written over what --events reads; choose another name")
    require_recording_place(str(path))


def _is_gateway(name: str) -> bool:
    return name in GATEWAYS or name == "localhost" or any(mark in name for mark in ":/.")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
