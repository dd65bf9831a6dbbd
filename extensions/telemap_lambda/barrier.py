"""The barrier that keeps errors in telemap from failing the function."""

from __future__ import annotations

TYPE_CHECKING = False  # importing `typing` takes as long as everything that registering needs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from telemap_lambda.log import Log

    T = TypeVar("T")

INTERNAL_ERROR = "internal error in telemap"
"""The start of every message about a fault of telemap itself."""


def attempt(action: Callable[[], T], log: Log) -> T | None:
    """Run an action, and log unexpected exceptions instead of raising them.

    This is the only place that catches every exception; expected ones are handled where they occur. Each kind of
    error is logged once, because telemetry may trigger the same one with every event.

    Returns:
        The result of the action, or None if it failed.
    """
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - a crash of an extension fails the invocation
        import traceback  # noqa: PLC0415 - only needed after an error

        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} at {frame.filename}:{frame.lineno}"
        lines = traceback.format_exc().splitlines()
        log.once(kind, f"{INTERNAL_ERROR}, continuing: {error!r:.500}", *lines, level="error")
        return None


def report_threads(log: Log) -> None:
    """Log uncaught exceptions of threads as JSON lines, because nobody searches logs for bare tracebacks."""
    from telemap_lambda.world import threads  # noqa: PLC0415 - takes too long before registering

    def report(name: str, error: Exception) -> None:
        import traceback  # noqa: PLC0415 - only needed after an error

        lines = traceback.format_exception(error)
        log.error(f"{INTERNAL_ERROR}, thread {name!r} has ended", *"".join(lines).splitlines())

    threads.report = report
