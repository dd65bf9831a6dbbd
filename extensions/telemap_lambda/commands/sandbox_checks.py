"""Refuse invalid combinations of options of `telemap sandbox` before anything starts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import UsageError
from telemap.cli.files import require_recording_place
from telemap_lambda.commands.sandbox_options import GATEWAYS, SYNTHETIC_OPTIONS
from telemap_lambda.settings.gateway_url import read_gateway
from telemap_lambda.settings.variables import SettingError

if TYPE_CHECKING:
    import argparse

_MIN_SPLIT_BYTES = 1024
_MANAGED = "lambda-managed-instances"

_OPTION_OF = {"GATEWAY": "--gateway", "MAPPING_FILE": "--mapping"}
"""Variables that have their own option."""


def check(arguments: argparse.Namespace) -> None:
    """Refuse options that cannot be combined, or would have no effect.

    Raises:
        UsageError: the message names the option, and what it needs.
    """
    _check_recording(arguments)
    _check_platform(arguments)
    _check_gateway(arguments)
    if arguments.record is not None:
        _check_record(arguments.record, arguments.events)


def _check_recording(arguments: argparse.Namespace) -> None:
    """Refuse options for synthetic invocations if a recording is played."""
    if arguments.events is None:
        return
    for name in arguments.given & set(SYNTHETIC_OPTIONS):
        raise UsageError(f"{_option(name)} is for synthetic invocations, but EVENTS plays recorded ones")
    if "kind" in arguments.given and arguments.kind != _MANAGED:
        raise UsageError("--kind is for synthetic invocations: a recording determines how its process starts")


def _check_platform(arguments: argparse.Namespace) -> None:
    if 0 < arguments.split_at_bytes < _MIN_SPLIT_BYTES:
        raise UsageError(f"--split-at-bytes must be at least {_MIN_SPLIT_BYTES}")
    if arguments.concurrency > 1 and arguments.kind != _MANAGED:
        raise UsageError(f"--concurrency needs --kind {_MANAGED}: otherwise invocations run one at a time")
    if "snapshot_ms" in arguments.given and arguments.kind != "snap-start" and arguments.events is None:
        raise UsageError("--snapshot-ms needs --kind snap-start: otherwise there is no snapshot")
    if arguments.repeat_after_thaw and not arguments.repeat_every:
        raise UsageError("--repeat-after-thaw needs --repeat-every N: otherwise nothing is posted twice")
    is_frozen = not arguments.no_freeze and arguments.kind != _MANAGED
    for name in ("drop_connections", "repeat_after_thaw"):
        if getattr(arguments, name) and not is_frozen:
            why = "--no-freeze" if arguments.no_freeze else f"--kind {_MANAGED}"
            raise UsageError(f"{_option(name)} cannot be used with {why}: nothing is frozen")


def _check_gateway(arguments: argparse.Namespace) -> None:
    problem = _gateway_problem(arguments.gateway)
    if problem is not None:  # the address is not quoted, because it may contain a password
        raise UsageError(f"--gateway: expected a URL or one of {', '.join(GATEWAYS)}{problem}")
    if "delay_ms" in arguments.given and arguments.gateway != "slow":
        raise UsageError("--delay-ms needs --gateway slow: other gateways do not delay their answers")
    for name, _ in arguments.env:
        if option := _OPTION_OF.get(name):
            raise UsageError(f"--env {name}=...: use {option} instead")


def _check_record(path: Path, events: str | None) -> None:
    if path.suffix == ".gz":
        raise UsageError(f"--record {path}: the extension does not compress recordings; omit '.gz'")
    if events is not None and path.exists() and Path(events).exists() and path.samefile(events):
        raise UsageError(f"--record {path}: would overwrite EVENTS; choose another name")
    require_recording_place(str(path))


def _gateway_problem(name: str) -> str | None:
    """Return what to add to the error for a gateway that the extension could not use; None if it can."""
    if name in GATEWAYS:
        return None
    try:
        read_gateway(name)
    except SettingError as error:
        return f"; {error}"
    except ValueError:
        return ""
    return None if name == "localhost" or any(mark in name for mark in ":/.") else ""


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
