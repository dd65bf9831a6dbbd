"""The conditions that an execution environment imposes on the extension."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.subscription import SCHEMA_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Collection

_MIB = 1024 * 1024


@dataclass(frozen=True)
class Conditions:
    """The conditions of a sandbox; all times in seconds.

    Attributes:
        freeze: Stop the extension's processes between invocations, as Lambda does; telemetry waits for the thaw.
        hold_gap_seconds: Pause between the invocations of `Sandbox.run`; frozen if `freeze` is set.
        max_duration_seconds: Maximum duration of a simulated function, whatever was recorded.
        until_asked: Run a function until the extension asks for the next event, for at most `max_duration_seconds`.
            This detects an extension that waits for the function's end, however busy the machine is.
        function_timeout_seconds: The deadline of an invocation, for the function and the extension together.
        init_timeout_seconds: The deadline of init.
        shutdown_timeout_seconds: From SHUTDOWN to SIGKILL.
        grace_seconds: How much later than announced to enforce these deadlines. On a busy machine, an extension that
            asks or exits in time may only be noticed late.
        snapshot_seconds: Time until a snapshot is restored (SnapStart).
        snapshot_age_seconds: Age of the init events in a restored snapshot.
        cpu_share: The extension's share of a processor, as for functions with little memory (about 1/14 with 128 MB);
            1 for no limit.
        cpu_quota: Limit the CPU with a cgroup if this process may create one. Otherwise, or if False, stop the
            extension whenever it has used its share.
        managed: Simulate managed instances: INVOKE is refused, and nothing is frozen.
        concurrency: Number of concurrent invocations; only for managed instances.
        schema_versions: Telemetry schemas that the environment supports.
        telemetry_supported: If False, answer 202 to the subscription, as outside AWS.
        post_timeout_seconds: Maximum time for the extension's listener to answer a post.
        repeat_every: Lose the answer to every n-th post and post it again; 0 for never.
        repeat_after_thaw: Post it again after the next thaw, not at once.
        split_at_bytes: Split longer records over several posts; 0 for the subscription's maxBytes.
        split_framed: Split as Lambda does, with the envelope repeated and brackets closed; False splits the bytes.
        backlog_bytes: Buffer for a slow listener; telemetry beyond it is dropped and reported by platform.logsDropped.

    """

    freeze: bool = True
    hold_gap_seconds: float = 0.0
    max_duration_seconds: float = 0.05
    until_asked: bool = False
    function_timeout_seconds: float = 3.0
    init_timeout_seconds: float = 10.0
    shutdown_timeout_seconds: float = 2.0
    grace_seconds: float = 0.0
    snapshot_seconds: float = 0.0
    snapshot_age_seconds: float = 3 * 3600.0
    cpu_share: float = 1.0
    cpu_quota: bool = True
    managed: bool = False
    concurrency: int = 1
    schema_versions: Collection[str] = SCHEMA_VERSIONS
    telemetry_supported: bool = True
    post_timeout_seconds: float = 1.0
    repeat_every: int = 0
    repeat_after_thaw: bool = False
    split_at_bytes: int = 0
    split_framed: bool = True
    backlog_bytes: int = 16 * _MIB
