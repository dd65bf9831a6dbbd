"""Push in a separate thread, so that a slow gateway blocks nothing."""

from __future__ import annotations

from functools import partial
from operator import sub
from typing import TYPE_CHECKING, assert_never

from telemap_lambda.barrier import INTERNAL_ERROR, attempt
from telemap_lambda.delivery.pushes import PushResult
from telemap_lambda.world import Mailbox, threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.push import Gateway
    from telemap_lambda.delivery.authentication import Authentication
    from telemap_lambda.delivery.endpoints import Endpoints
    from telemap_lambda.delivery.pushes import Payload, Push
    from telemap_lambda.log import Log
    from telemap_lambda.settings.model import Settings
    from telemap_lambda.world import World

_OLD_SECONDS = 60.0
"""Age at which a push is no longer sent: the sandbox was frozen meanwhile, and its group may have been swept."""


class Pusher:
    """Send pushes one at a time. The thread loads the HTTP client and the secret when it starts.

    Args:
        settings: where to push.
        report: callback for the result of each push, called in the pusher's thread.
        log: log for telemap's own faults.
        world: the clock and threads.
        endpoints: the gateway and the sources of its credentials.
        predecessor: an abandoned pusher whose credentials are reused.

    Attributes:
        ready: whether the HTTP client and the secret are loaded.
    """

    def __init__(
        self,
        settings: Settings,
        report: Callable[[PushResult], None],
        log: Log,
        world: World,
        endpoints: Endpoints,
        predecessor: Pusher | None = None,
    ) -> None:
        self.ready = False
        self._settings = settings
        self._report = report
        self._log = log
        self._world = world
        self._endpoints = endpoints
        self._authentication: Authentication | None = predecessor._authentication if predecessor else None  # noqa: SLF001
        self._pushes: Mailbox[tuple[Push, tuple[float, float]]] = Mailbox(world)
        threads.claim_main_thread()
        world.start("pusher", self._serve)

    def push(self, push: Push) -> None:
        """Queue a push to follow the previous one; its result is reported under its number."""
        self._pushes.put((push, self._world.moment()))

    def _serve(self) -> None:
        """Push forever, turning any failure into the result of a push."""
        gateway = attempt(lambda: self._endpoints.connect(self._settings), self._log)
        authentication = attempt(self._authenticate, self._log)
        self.ready = True
        attempt(lambda: self._log.debug("ready to push"), self._log)
        while True:
            push, made_at = self._pushes.get()
            began = self._world.monotonic()
            result = None
            if gateway and authentication:
                let_in = partial(self._let_in, gateway, authentication, made_at)
                result = attempt(partial(_exchange, gateway, authentication, push, let_in), self._log)
            result = result or PushResult(push.number, 0.0, 0, sent=True, reason=INTERNAL_ERROR)
            self._report(result._replace(seconds=self._world.monotonic() - began))

    def _authenticate(self) -> Authentication:
        """Read the secret ahead of time; the first push reports any error."""
        from telemap_lambda.delivery.authentication import Authentication  # noqa: PLC0415 - only a pusher waits
        from telemap_lambda.delivery.secret import SecretError  # noqa: PLC0415

        authentication = self._authentication = self._authentication or Authentication(
            self._settings, self._world, self._endpoints
        )

        def read_ahead() -> None:
            try:  # noqa: SIM105 - importing contextlib takes too long
                authentication.credentials()
            except SecretError:
                pass

        attempt(read_ahead, self._log)
        return authentication

    def _let_in(self, gateway: Gateway, authentication: Authentication, made_at: tuple[float, float]) -> None:
        """Set the credentials of the gateway, which the log never shows, unless the push is too old.

        Raises:
            SecretError: the credentials cannot be read.
            PushError: the push is too old.
        """
        from telemap.errors import PushError  # noqa: PLC0415 - the thread has imported it

        gateway.credentials = authentication.credentials()
        self._log.hide(gateway.credentials)
        if max(map(sub, self._world.moment(), made_at)) >= _OLD_SECONDS:
            raise PushError("the sandbox was frozen before it was sent", sent=False)


def _exchange(gateway: Gateway, authentication: Authentication, push: Push, let_in: Callable[[], None]) -> PushResult:
    """Push, and retry once if the credentials have changed."""
    from telemap.errors import PushError  # noqa: PLC0415 - the thread has imported it
    from telemap_lambda.delivery.secret import SecretError  # noqa: PLC0415

    gateway.regroup(push.grouping)
    try:
        let_in()
        try:
            status = _send(gateway, push.payload)
        except PushError as error:
            if error.status not in {401, 403} or not authentication.refused():
                raise
            let_in()
            status = _send(gateway, push.payload)
    except PushError as error:
        return PushResult(push.number, 0.0, error.status, error.sent, str(error), error.repeated, error.retry_after)
    except SecretError as error:
        return PushResult(push.number, 0.0, 0, sent=False, reason=f"{authentication.fault_words}: {error}")
    return PushResult(push.number, 0.0, status, sent=True, reason="")


def _send(gateway: Gateway, payload: Payload) -> int:
    match payload.method:
        case "put":
            return gateway.put(payload.text)
        case "post":
            return gateway.post(payload.text)
        case "write":
            return gateway.write(payload.body)
        case "delete":
            return gateway.delete()
    assert_never(payload.method)
