"""The barrier: nothing that goes wrong in telemap may fail the function beside it."""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` takes as long to import as all that is needed to register
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from telemap_lambda.log import Log

    T = TypeVar("T")


def attempt(action: Callable[[], T], log: Log) -> T | None:
    """Do something; when it fails in a way that nobody foresaw, say so and go on.

    This is the only place that catches every exception. What is foreseen is handled where it happens. Each kind of
    fault is logged once: telemetry may bring the same one with every event.

    Returns:
        What the action returns, or None when it failed.
    """
    try:
        return action()
    except Exception as error:  # noqa: BLE001 - a crash of an extension fails the invocation
        import traceback  # noqa: PLC0415 - only when something is wrong

        frame = traceback.extract_tb(error.__traceback__)[-1]
        kind = f"{type(error).__name__} at {frame.filename}:{frame.lineno}"
        lines = traceback.format_exc().splitlines()
        log.once(kind, f"internal error in telemap, continuing: {error!r:.500}", *lines, level="error")
        return None


def report_threads(log: Log) -> None:
    """Log why a thread has ended, where that was an exception: a bare traceback is in no log that people search."""
    import threading  # noqa: PLC0415 - not worth its import before registering

    def report(ended: threading.ExceptHookArgs) -> None:
        import traceback  # noqa: PLC0415 - only when something is wrong

        name = ended.thread.name if ended.thread else "unknown"
        lines = traceback.format_exception(ended.exc_type, ended.exc_value, ended.exc_traceback)
        log.error(f"internal error in telemap, thread {name!r} has ended", *"".join(lines).splitlines())

    threading.excepthook = report
