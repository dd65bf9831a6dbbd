"""The extension's own log: one JSON object a line on standard error, where Lambda takes it to CloudWatch.

It writes no line per event or push: a caller that would repeat itself says a thing `once`.
"""

from __future__ import annotations

import sys
import time

LEVELS = ("debug", "info", "warning", "error")


class Log:
    """Write lines of a level or above.

    Args:
        level: one of `LEVELS`.
    """

    def __init__(self, level: str = "warning") -> None:
        self.level = level
        self._said: set[str] = set()

    def debug(self, message: str) -> None:
        """Report what someone wants to know who looks for a fault."""
        self._write("debug", message)

    def info(self, message: str) -> None:
        """Report what is ordinary."""
        self._write("info", message)

    def warning(self, message: str) -> None:
        """Report what someone should look at, although telemap goes on."""
        self._write("warning", message)

    def error(self, message: str) -> None:
        """Report what keeps telemap from its work."""
        self._write("error", message)

    def once(self, key: str, message: str) -> None:
        """Warn of something the first time that it comes."""
        if key not in self._said:
            self._said.add(key)
            self.warning(message)

    def _write(self, level: str, message: str) -> None:
        if LEVELS.index(level) < LEVELS.index(self.level):
            return
        import json  # noqa: PLC0415 - not worth its import before registering

        seconds, rest = divmod(time.time(), 1)
        moment = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(rest * 1000):03d}Z"
        line = json.dumps({"time": moment, "level": level, "logger": "telemap", "message": message})
        try:  # noqa: SIM105 - contextlib is not worth its import before registering
            print(line, file=sys.stderr, flush=True)
        except (OSError, ValueError):  # a full disk, a closed pipe: there is nobody left to tell
            pass
