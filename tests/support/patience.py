"""How long tests wait for what must happen.

The limits are generous, because the machine may be busy with other work. They end a test that would hang; no test
measures time with them. What must not be waited for lasts longer than these limits.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from telemap_lambda.sandbox import Invocation, Sandbox

PATIENCE_SECONDS: Final = 120.0
ENDLESS_SECONDS: Final = 10 * PATIENCE_SECONDS
"""Longer than any test waits, for what an extension must not wait for."""

ENDLESS_MS: Final = str(round(1000 * ENDLESS_SECONDS))

CONDITIONS: Final[dict[str, Any]] = {
    "init_timeout_seconds": PATIENCE_SECONDS,
    "function_timeout_seconds": ENDLESS_SECONDS,
    "shutdown_timeout_seconds": PATIENCE_SECONDS,
    "post_timeout_seconds": PATIENCE_SECONDS,
    "grace_seconds": PATIENCE_SECONDS,
}
"""Of sandboxes in which all goes well, however long it takes."""

SHORT_END: Final[dict[str, Any]] = {"shutdown_timeout_seconds": 2.0}
"""What Lambda allows at the end, for gateways that do not answer: the extension uses all of it."""

UNHURRIED: Final[dict[str, str]] = {"TELEMAP_PUSH_TIMEOUT_MS": str(round(1000 * PATIENCE_SECONDS))}
"""Settings with which no push fails because it takes long."""

PATIENT_COMMAND: Final = (
    *("--timeout-ms", ENDLESS_MS),
    *("--grace-ms", str(round(1000 * PATIENCE_SECONDS))),
    *("--bound-ms", str(round(1000 * PATIENCE_SECONDS))),
)
"""Options with which `telemap sandbox` is not mistaken about its extension."""

_LOOK_SECONDS: Final = 0.02


def await_until(settled: Callable[[], object], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait for something that happens elsewhere.

    Raises:
        AssertionError: it has not happened.
    """
    until = time.monotonic() + seconds
    while not settled():
        assert time.monotonic() < until, f"it has not happened in {seconds:g} s"
        time.sleep(_LOOK_SECONDS)


def invoke_until(sandbox: Sandbox, remaining: Iterator[Invocation], settled: Callable[[], object]) -> None:
    """Invoke, at least once, until something has happened.

    A push begins at an invocation, and not before its client is loaded and the secret is read.

    Raises:
        AssertionError: it has not happened when all invocations are made.
    """
    for invocation in remaining:
        sandbox.invoke(invocation)
        if settled():
            return
    raise AssertionError("it has not happened in so many invocations")
