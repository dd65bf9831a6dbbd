"""The execution environment of an extension process."""

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
    """What all processes of an execution environment share.

    Attributes:
        layer: The folder that is /opt in Lambda.
        function: The function.
        variables: The function's variables.
        initialization_type: The value of AWS_LAMBDA_INITIALIZATION_TYPE.
        conditions: The conditions to impose on the process.
        sink: A stream to copy its output to.
        on_freeze: Called at each freeze.

    """

    layer: Path
    function: Function
    variables: Mapping[str, str]
    initialization_type: str
    conditions: Conditions
    sink: TextIO | None = None
    on_freeze: Callable[[], None] | None = None
