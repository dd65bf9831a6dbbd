"""Row 10, second part: resident memory after many invocations, with a secret in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring import spread
from peers.commands import heavy
from result import Result, Target, compared
from stands.gateway import PASSWORD, USERNAME
from stands.lambda_api import start
from stands.layer import Layer, unpacked
from stands.secrets_manager import secrets_manager

from telemap_lambda.fake_gateway import FakeGateway
from telemap_lambda.sandbox import Load, Sandbox, synthetic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from effort import Effort


_DURATION_MS = 5.0
_MORE = 1000
"""Maximum number of invocations until the secret has been read and a push acknowledged."""


def measure(effort: Effort) -> Iterator[Result]:
    """Compare a long life with the heavy extension, which has read its secret but had no invocation yet."""
    with unpacked(effort.layer) as layer, secrets_manager() as variables:
        ours = _resident_bytes(layer, variables, effort.invocations)
        command, environment = heavy(layer)
        others = [start(command, {**environment, **variables}) for _ in range(effort.slow_starts)]
    other = spread([one.resident_bytes / 1e6 for one in others]).median
    words = f"resident memory after {effort.invocations:,} invocations with a secret, against the heavy process"
    yield compared("10", words, ([ours / 1e6], [other]), Target(most=0.75), measured_in="MB")


def _resident_bytes(layer: Layer, variables: Mapping[str, str], number: int) -> int:
    """Run invocations, and more until a push is acknowledged, which shows that the secret is in use."""
    recording = synthetic(Load(invocations=number + _MORE, duration_ms=_DURATION_MS))
    with FakeGateway(username=USERNAME, password=PASSWORD) as gateway:
        environment = {**layer.environment, **variables, "GATEWAY": gateway.url}
        with Sandbox(layer.folder, recording=recording, environment=environment, freeze=False) as sandbox:
            sandbox.start()
            for at, invocation in enumerate(recording.invocations, 1):
                sandbox.invoke(invocation)
                if at >= number and any(request.status == 200 for request in gateway.requests):
                    return sandbox.footprint().resident_bytes
            sandbox.shutdown()
            raise RuntimeError(f"no push was acknowledged: {sandbox.result().stderr}")
