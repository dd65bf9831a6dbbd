"""Options of `telemap sandbox` that do not go together: each is refused before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import UsageError
from telemap.cli.files import require_recording_place
from telemap_lambda.commands.sandbox_options import GATEWAYS, MADE_UP
from telemap_lambda.settings.gateway_url import read_gateway

if TYPE_CHECKING:
    import argparse

_SPLIT_LEAST = 1024
_MANAGED = "lambda-managed-instances"

_OPTION_OF = {"GATEWAY": "--gateway", "MAPPING_FILE": "--mapping"}
"""Variables that options of their own set."""


def check(arguments: argparse.Namespace) -> None:
    """Refuse what cannot be played, and options that would change nothing.

    Raises:
        UsageError: the message names the option, and what it needs.
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
        raise UsageError(f"{_option(name)} is for generated invocations, and EVENTS plays recorded ones")
    if "kind" in arguments.given and arguments.kind != _MANAGED:
        raise UsageError("--kind is for generated invocations: a recording says how its process began")


def _check_platform(arguments: argparse.Namespace) -> None:
    if 0 < arguments.split_at_bytes < _SPLIT_LEAST:
        raise UsageError(f"--split-at-bytes must be at least {_SPLIT_LEAST}")
    if arguments.concurrency > 1 and arguments.kind != _MANAGED:
        raise UsageError(f"--concurrency needs --kind {_MANAGED}: elsewhere invocations are one by one")
    if "snapshot_ms" in arguments.given and arguments.kind != "snap-start" and arguments.events is None:
        raise UsageError("--snapshot-ms needs --kind snap-start: elsewhere there is no snapshot")
    if arguments.repeat_after_thaw and not arguments.repeat_every:
        raise UsageError("--repeat-after-thaw needs --repeat-every N: without it nothing is posted twice")
    is_frozen = not arguments.no_freeze and arguments.kind != _MANAGED
    for name in ("drop_connections", "repeat_after_thaw"):
        if getattr(arguments, name) and not is_frozen:
            why = "--no-freeze" if arguments.no_freeze else f"--kind {_MANAGED}"
            raise UsageError(f"{_option(name)} cannot be used with {why}: there nothing is frozen")


def _check_gateway(arguments: argparse.Namespace) -> None:
    if not _is_gateway(arguments.gateway):  # which is not quoted: it may hold a password
        raise UsageError(f"--gateway: neither a URL nor one of {', '.join(GATEWAYS)}")
    if "delay_ms" in arguments.given and arguments.gateway != "slow":
        raise UsageError("--delay-ms needs --gateway slow: no other waits before it answers")
    for name, _ in arguments.env:
        if option := _OPTION_OF.get(name):
            raise UsageError(f"--env {name}=... is what {option} sets: use {option}")


def _check_record(path: Path, events: str | None) -> None:
    if path.suffix == ".gz":
        raise UsageError(f"--record {path}: a recording is not compressed while it is made; leave out '.gz'")
    if events is not None and path.exists() and Path(events).exists() and path.samefile(events):
        raise UsageError(f"--record {path}: it would overwrite EVENTS; choose another name")
    require_recording_place(str(path))


def _is_gateway(name: str) -> bool:
    if name in GATEWAYS:
        return True
    try:
        read_gateway(name)
    except ValueError:
        return False
    return name == "localhost" or any(mark in name for mark in ":/.")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
