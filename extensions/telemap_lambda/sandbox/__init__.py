"""Simulate a Lambda execution environment on this machine, with a real extension process and recorded telemetry.

`Sandbox` simulates the Extensions API and the Telemetry API:

    with Sandbox(recording=load(path), environment={"GATEWAY": gateway.url}) as sandbox:
        result = sandbox.run()
"""

from __future__ import annotations

from telemap_lambda.sandbox.conditions import Conditions
from telemap_lambda.sandbox.errors import EnvironmentFailed, LayerError, RecordingError, SandboxError
from telemap_lambda.sandbox.layer import assemble
from telemap_lambda.sandbox.ledger import Reports, TelemetryCounts
from telemap_lambda.sandbox.recording import Invocation, Recording, load
from telemap_lambda.sandbox.relay import Relay
from telemap_lambda.sandbox.results import InvocationResult, LifeResult, SandboxResult, Step
from telemap_lambda.sandbox.sandbox import Sandbox
from telemap_lambda.sandbox.synthetic import Load, synthetic

__all__ = [
    "Conditions",
    "EnvironmentFailed",
    "Invocation",
    "InvocationResult",
    "LayerError",
    "LifeResult",
    "Load",
    "Recording",
    "RecordingError",
    "Relay",
    "Reports",
    "Sandbox",
    "SandboxError",
    "SandboxResult",
    "Step",
    "TelemetryCounts",
    "assemble",
    "load",
    "synthetic",
]
