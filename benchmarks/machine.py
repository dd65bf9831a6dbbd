"""Describe the machine that ran the benchmark."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from telemap.version import VERSION


def machine() -> dict[str, str]:
    """Return a description of the machine, without host name and paths."""
    return {
        "processor": f"{_model()}, {os.cpu_count()} CPUs, {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
        "load": f"{os.getloadavg()[0]:.1f} at the start",
        "telemap": VERSION,
    }


def _model() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"
