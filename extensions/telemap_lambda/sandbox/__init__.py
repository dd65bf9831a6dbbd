"""AWS Lambda on this machine: one execution environment, a real extension process, recorded telemetry.

`Sandbox` plays the Extensions API and the Telemetry API in Lambda's order:

    with Sandbox(recording=load(path), environment={"GATEWAY": gateway.url}) as sandbox:
        result = sandbox.run()
"""

from __future__ import annotations

from telemap_lambda.sandbox.errors import EnvironmentFailed, LayerError, RecordingError, SandboxError
from telemap_lambda.sandbox.layer import assemble
from telemap_lambda.sandbox.recording import Invocation, Recording, load
from telemap_lambda.sandbox.results import InvocationResult, SandboxResult, Step
from telemap_lambda.sandbox.sandbox import Sandbox

__all__ = [
    "EnvironmentFailed",
    "Invocation",
    "InvocationResult",
    "LayerError",
    "Recording",
    "RecordingError",
    "Sandbox",
    "SandboxError",
    "SandboxResult",
    "Step",
    "assemble",
    "load",
]
