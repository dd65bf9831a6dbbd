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
        message = f"telemap met a fault of its own and goes on: {error!r:.500}\n{traceback.format_exc()}"
        log.once(kind, message, "error")
        return None
