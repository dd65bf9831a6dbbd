"""Where an extension process lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TextIO

    from telemap_lambda.sandbox.conditions import Conditions
    from telemap_lambda.sandbox.service import Function

SNAP_START = "snap-start"
MANAGED_INSTANCES = "lambda-managed-instances"


@dataclass(frozen=True)
class Environment:
    """Where a process lives: what is the same for all processes of an environment.

    Attributes:
        layer: The folder that Lambda sees as /opt.
        function: The function.
        environment: The function's variables.
        initialization_type: As in AWS_LAMBDA_INITIALIZATION_TYPE.
        conditions: What is done to the process.
        sink: Where its output is copied to.
        on_freeze: Called at each freeze.

    """

    layer: Path
    function: Function
    environment: Mapping[str, str]
    initialization_type: str
    conditions: Conditions
    sink: TextIO | None = None
    on_freeze: Callable[[], None] | None = None
