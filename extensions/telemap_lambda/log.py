"""The extension's log: one JSON object per line on standard error, which Lambda sends to CloudWatch.

Nothing is logged per event or push; messages that would repeat use `once`.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False  # importing `typing` takes as long as everything that registering needs
if TYPE_CHECKING:
    from telemap.push.credentials import Credentials
    from telemap.push.redaction import Redaction

LEVELS = ("debug", "info", "warning", "error")

_MAX_CHARACTERS = 2_000
"""Maximum length of a line of a message; CloudWatch accepts 256 KiB, but the beginning says what it is about."""

_SHORTEST_SECRET = 6
"""A shorter secret may be a word in our own messages. Text from gateways and libraries is redacted earlier."""


class Log:
    """Write messages of a level or above, without control characters and secrets.

    Args:
        level: one of `LEVELS`.
    """

    def __init__(self, level: str = "warning") -> None:
        self.level = level
        self._said: set[str] = set()
        self._secrets: frozenset[str] | None = None
        self._redaction: Redaction | None = None

    def hide(self, credentials: Credentials | None) -> None:
        """Redact these credentials from now on; those in the environment are always redacted."""
        from telemap.push.secret_texts import texts_of  # noqa: PLC0415 - as below

        texts = texts_of([credentials]).passwords
        known = self._known_secrets()
        if not texts <= known:
            self._secrets, self._redaction = known | texts, None

    def debug(self, *lines: str) -> None:
        """Log details for troubleshooting."""
        self._write("debug", lines)

    def info(self, *lines: str) -> None:
        """Log normal operation."""
        self._write("info", lines)

    def warning(self, *lines: str) -> None:
        """Log a problem that needs attention, although telemap continues."""
        self._write("warning", lines)

    def error(self, *lines: str) -> None:
        """Log an error that keeps telemap from working."""
        self._write("error", lines)

    def once(self, key: str, *lines: str, level: str = "warning") -> None:
        """Log a message only the first time, identified by a key."""
        if key not in self._said:
            self._said.add(key)
            self._write(level, lines)

    def shown(self, line: str) -> str:
        """Return a line as logged: truncated, escaped, and redacted last, because both may reassemble a secret."""
        is_long = len(line) > _MAX_CHARACTERS
        if not is_long and self._is_plain(line):
            return line
        from telemap.terminal_text import terminal_text  # noqa: PLC0415 - as below

        text = self._redacted(terminal_text(line[:_MAX_CHARACTERS]), cut=is_long)
        return f"{text}... ({len(line):,} characters)" if is_long else text

    def _is_plain(self, line: str) -> bool:
        """Return whether a line cannot contain a secret: a fast path, because small functions have little CPU."""
        if not (line.isascii() and line.isprintable()) or any(mark in line for mark in "@&%\\"):
            return False
        folded = line.lower()
        return not any(secret.lower() in folded for secret in self._known_secrets())

    def _redacted(self, text: str, *, cut: bool) -> str:
        if self._redaction is None:
            from telemap.push.redaction import Redaction  # noqa: PLC0415 - as below

            self._redaction = Redaction(one for one in self._known_secrets() if len(one) >= _SHORTEST_SECRET)
        return self._redaction(text, cut=cut)

    def _known_secrets(self) -> frozenset[str]:
        if self._secrets is None:
            import os  # noqa: PLC0415 - takes too long before registering

            from telemap.push.secret_texts import texts_in  # noqa: PLC0415 - as above

            self._secrets = texts_in(os.environ).passwords
        return self._secrets

    def _write(self, level: str, lines: tuple[str, ...]) -> None:
        if LEVELS.index(level) < LEVELS.index(self.level):
            return
        import json  # noqa: PLC0415 - takes too long before registering

        seconds, rest = divmod(time.time(), 1)
        moment = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{int(rest * 1000):03d}Z"
        try:
            message = "\n".join(map(self.shown, lines))
        except ImportError:  # the layer lacks the engine, so nothing has read a secret yet
            message = "\n".join(lines)
        line = json.dumps({"time": moment, "level": level, "logger": "telemap", "message": message})
        try:  # noqa: SIM105 - importing contextlib takes too long before registering
            print(line, file=sys.stderr, flush=True)
        except (OSError, ValueError):  # a full disk or a closed pipe: nowhere left to report it
            pass
