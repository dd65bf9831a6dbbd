"""What an execution environment does to the extension in it."""

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
        hold_gap_seconds: Pause between the invocations of `Sandbox.run`; frozen, if `freeze` says so.
        max_duration_seconds: The longest that a simulated function runs, whatever was recorded.
        until_asked: A function runs until the extension asks for the next event, for `max_duration_seconds` at most. An
            extension that waits for the function's end is found out by that alone, however busy the machine is.
        function_timeout_seconds: The deadline of an invocation, for the function and the extension together.
        init_timeout_seconds: The deadline of init.
        shutdown_timeout_seconds: From SHUTDOWN to SIGKILL.
        grace_seconds: How much later than announced these deadlines are enforced, on a machine that is busy with other
            work: there an extension that asks or exits in time may be seen late.
        snapshot_seconds: How long a snapshot lies before it is restored (SnapStart).
        snapshot_age_seconds: How old a restored snapshot's own init events are.
        cpu_share: The part of a processor that the extension gets, as functions with little memory have (about 1/14
            with 128 MB); 1: as much as it takes.
        cpu_quota: By a cgroup's quota where this process may make one; False: by stopping the extension when it has
            had its share, as it is where it may not.
        managed: Managed instances: INVOKE is refused, nothing is frozen.
        concurrency: Invocations that run at once; managed instances only.
        schema_versions: Telemetry schemas that can be subscribed to.
        telemetry_supported: False answers 202 to the subscription, as outside AWS.
        post_timeout_seconds: How long the extension's listener may take to answer a post.
        repeat_every: The answer to each n-th post gets lost, so it is posted again; 0: never.
        repeat_after_thaw: Post those again after the next thaw, not at once.
        split_at_bytes: A record longer than this is cut over several posts; 0: over the subscription's maxBytes.
        split_framed: Cut as Lambda does, with the envelope repeated and brackets closed; False cuts bare bytes.
        backlog_bytes: Telemetry that is kept for a slow listener; what comes beyond it is dropped, and told by
            platform.logsDropped.

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
