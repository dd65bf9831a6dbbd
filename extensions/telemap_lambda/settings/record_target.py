"""Read where to record telemetry from the setting `TELEMAP_RECORD`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap_lambda.settings.variables import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

LOG = "log"


def _read(given: str, _: Mapping[str, str]) -> str:
    """Return `log` or an absolute path: extensions start in `/`, so a relative path is a mistake."""
    if given.lower() == LOG:
        return LOG
    if not given.startswith("/") or given.endswith("/"):
        raise ValueError
    return given


RECORD_TARGET = Kind("", _read, "log, or the path of a file such as /tmp/telemetry.ndjson")
