"""Start the extension: register with Lambda first, import the rest afterwards.

Lambda starts the function's runtime only after every extension has registered, so imports before that add to each cold
start. Everything afterwards runs in parallel with the runtime's own start; the imports begin while Lambda answers. If
the launcher could ask before it started Python, only the answer is read here.
"""

from __future__ import annotations

import gc
import os
import time

from telemap_lambda.barrier import attempt
from telemap_lambda.lambda_api import SHUTDOWN, LambdaApi, LambdaApiError
from telemap_lambda.log import Log

_MANAGED_INSTANCES = "lambda-managed-instances"

_RETRY_SECONDS = 1.0
"""Pause after a refused `event/next`, to avoid a busy loop."""


def main(name: str, connection: int | None = None) -> int:
    """Run the extension until SHUTDOWN.

    Args:
        name: the launcher's file name, by which Lambda identifies the extension.
        connection: the descriptor of a connection on which the launcher has asked to register, if it could.

    Returns:
        The exit code.
    """
    gc.disable()  # a start makes little garbage; what runs after it enables this again
    log = Log()
    api = LambdaApi(os.environ["AWS_LAMBDA_RUNTIME_API"], name)
    managed = os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == _MANAGED_INSTANCES
    try:
        api.register(managed=managed, connection=connection, meanwhile=lambda: attempt(_load, log))
    except LambdaApiError as error:
        log.error(f"Lambda refused the extension: {error}")
        return 1
    code = attempt(lambda: _run(api, log), log)
    return idle(api, log) if code is None else code


def _load() -> None:
    import telemap_lambda.life.extension  # noqa: F401, PLC0415 - after registering, as the docstring explains


def _run(api: LambdaApi, log: Log) -> int | None:
    from telemap_lambda.life.extension import run  # noqa: PLC0415 - as above

    return run(api, log)


def idle(api: LambdaApi, log: Log) -> int:
    """Keep the function alive until SHUTDOWN, and do nothing else."""
    gc.enable()
    while True:
        event_type = attempt(lambda: _next_event_type(api, log), log)
        if event_type == SHUTDOWN:
            return 0
        if event_type is None:
            time.sleep(_RETRY_SECONDS)


def _next_event_type(api: LambdaApi, log: Log) -> str | None:
    try:
        return str(api.next_event()["eventType"])
    except LambdaApiError as error:
        log.once("idle", f"waiting for the next event: {error}")
        return None
