"""Mappings of any size, split over several files, because a file may have at most 10,000 nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_FILE = 100
_OTHER_TYPES = (
    "platform.start", "platform.runtimeDone", "platform.initStart", "platform.initReport", "platform.initRuntimeDone",
    "platform.restoreReport", "platform.logsDropped", "function", "extension",
)  # fmt: skip


def write(folder: Path, families: int, *, reports: int) -> Path:
    """Write a mapping.

    Args:
        folder: the directory for the files.
        families: the number of metrics.
        reports: the number of metrics that read `platform.report`; the others read all other events.

    Returns:
        The file that includes the others.
    """
    names = []
    for first in range(0, families, _FILE):
        names.append(f"from_{first}.yaml")
        lines = [line for at in range(first, min(first + _FILE, families)) for line in _family(at, at < reports)]
        (folder / names[-1]).write_text("\n".join(["version: 1", "metrics:", *lines]) + "\n", encoding="utf-8")
    whole = folder / "whole.yaml"
    whole.write_text(f"version: 1\ninclude: [{', '.join(names)}]\n", encoding="utf-8")
    return whole


def _family(at: int, reports: bool) -> list[str]:  # noqa: FBT001 - private
    kind = "platform.report" if reports else _OTHER_TYPES[at % len(_OTHER_TYPES)]
    return [
        f"  family_{at}_seconds:",
        f"    type: {('summary', 'histogram')[at % 2]}",
        f"    help: Family number {at}.",
        f"    from: {kind}",
        "    value: $.record.metrics.durationMs",
        "    unit: ms",
        "    labels: {status: $.record.status}",
        *(["    buckets: [0.01, 0.1, 1, 10]"] if at % 2 else []),
    ]
