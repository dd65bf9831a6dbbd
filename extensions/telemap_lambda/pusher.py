"""Push in a thread of its own, so that a slow gateway holds nothing up."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from telemap_lambda.barrier import attempt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap.push import Gateway
    from telemap_lambda.authentication import Authentication
    from telemap_lambda.log import Log
    from telemap_lambda.settings import Settings

SUCCESS = "success"
FAILURE = "failure"


class PushResult(NamedTuple):
    """What became of a push.

    Attributes:
        number: which push.
        outcome: `success` or `failure`.
        seconds: how long it took.
        reason: why it failed; empty when it did not.
    """

    number: int
    outcome: str
    seconds: float
    reason: str


class Pusher:
    """Push one text after the other. HTTP client and secret are loaded in the thread, when it starts.

    Args:
        settings: where to push.
        grouping: the grouping key.
        report: called in the pusher's thread with the result of each push.
        log: for faults of telemap's own.
        predecessor: a pusher that is given up; its credentials are taken over.
    """

    def __init__(
        self,
        settings: Settings,
        grouping: Mapping[str, str],
        report: Callable[[PushResult], None],
        log: Log,
        predecessor: Pusher | None = None,
    ) -> None:
        self._settings = settings
        self._grouping = grouping
        self._report = report
        self._log = log
        self._authentication: Authentication | None = predecessor._authentication if predecessor else None  # noqa: SLF001
        self._texts: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        threading.Thread(target=self._serve, name="pusher", daemon=True).start()

    def push(self, number: int, text: str) -> None:
        """Push an exposition when the one before is done; the result is reported under this number."""
        self._texts.put((number, text))

    def _serve(self) -> None:
        from telemap.push import Gateway  # noqa: PLC0415 - requests takes long to import, and here nobody waits for it

        settings = self._settings
        assert settings.gateway is not None  # noqa: S101 - without a gateway nobody makes a pusher
        gateway = Gateway(settings.gateway.url, self._grouping, timeout=settings.push_timeout)
        authentication = self._authenticate()
        while True:
            number, text = self._texts.get()
            began = time.monotonic()
            reason = attempt(partial(_push, gateway, authentication, text), self._log)
            if reason is None:
                reason = "telemap met a fault of its own"
            self._report(PushResult(number, FAILURE if reason else SUCCESS, time.monotonic() - began, reason))

    def _authenticate(self) -> Authentication:
        """Read the secret before it is wanted; what is wrong with it is said by the first push."""
        from telemap_lambda.authentication import Authentication  # noqa: PLC0415 - as above
        from telemap_lambda.secret import SecretError  # noqa: PLC0415

        if self._authentication is None:
            self._authentication = Authentication(self._settings)
        with suppress(SecretError):
            self._authentication.credentials()
        return self._authentication


def _push(gateway: Gateway, authentication: Authentication, text: str) -> str:
    """Push, and once more when the credentials turn out to have changed.

    Returns:
        Why it failed; empty when it did not.
    """
    from telemap.errors import PushError  # noqa: PLC0415 - the thread has imported it
    from telemap_lambda.secret import SecretError  # noqa: PLC0415

    try:
        gateway.credentials = authentication.credentials()
        try:
            gateway.put(text)
        except PushError as error:
            if error.status not in {401, 403} or not authentication.refused():
                raise
            gateway.credentials = authentication.credentials()
            gateway.put(text)
    except PushError as error:
        return str(error)
    except SecretError as error:
        return f"the secret with the gateway's credentials cannot be read: {error}"
    return ""
