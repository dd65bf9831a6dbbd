"""Sandboxes with the real extension in them, and what Lambda reported of each."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from counting.tally import TICKS_A_MILLISECOND, Kind, Tally
from patience import CONDITIONS, UNHURRIED

from telemap_lambda.sandbox import Invocation, Recording, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAPPING = "version: 1\ninclude: [telemap:platform]\n"
STATUSES = ("success",) * 6 + ("error", "failure")
REFUSED_SECONDS = 0.5
"""How long an end that is refused lasts; that process does not exit."""

LAST_REPORT_SECONDS = 0.5
"""How long the extension waits for the last report, at the least. On a busy machine it may come later."""

NOW = "2026-03-02T08:14:09.117Z"
"""Any time: the sandbox sets the time at which it emits an event."""

Ending = Literal["timeout", "taken", "refused"]


@dataclass(frozen=True)
class Habits:
    """How a sandbox lives.

    Attributes:
        invocations: how many it has, at the least.
        ending: how its process ends with the last of them. `timeout` is a function's: SHUTDOWN, and another process,
            for as many again. `taken` and `refused` are ends without SHUTDOWN. When left out, it is shut down.
        settings: variables of the function.
    """

    invocations: int
    ending: Ending | None = None
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_cut_off(self) -> bool:
        """Whether it ends without SHUTDOWN."""
        return self.ending in {"taken", "refused"}

    @property
    def conditions(self) -> Mapping[str, Any]:
        """The sandbox's: as much time as the machine needs, but for an end that lasts until its time is over."""
        return CONDITIONS | ({"shutdown_timeout_seconds": REFUSED_SECONDS} if self.ending == "refused" else {})


class Life:
    """A sandbox whose reports are written down.

    Its mapping is a file of its own: `telemap_mapping_info` names it, and so tells which groups are this sandbox's.

    Args:
        layer: what Lambda sees under `/opt`.
        function: its function's name.
        folder: where its mapping is put.
        environment: variables of the function, and `habits.settings` over them.
        habits: how it will live.
        seed: draws the numbers of its invocations.

    Attributes:
        reported: all that Lambda reported, delivered or not; but not a last report that came too late.
        durations: in ticks, of each report.
        source: the path of its mapping.
        cut_off: whether it ended without SHUTDOWN, and so perhaps before it had pushed everything.
    """

    def __init__(
        self,
        layer: Path,
        function: str,
        folder: Path,
        environment: Mapping[str, str],
        habits: Habits,
        seed: int,
    ) -> None:
        mapping = folder / f"life-{seed}.yaml"
        mapping.write_text(MAPPING)
        self.function = function
        self.source = str(mapping)
        self.reported = Tally()
        self.durations: list[tuple[Kind, int]] = []
        self.cut_off = False
        self._before: tuple[object, ...] = ()
        self._draw = random.Random(seed)  # noqa: S311 - no secret
        variables = {**UNHURRIED, **environment, **habits.settings, "MAPPING_FILE": self.source}
        self._sandbox = Sandbox(
            layer,
            recording=Recording(init=_init(function)),
            environment=variables,
            function_name=function,
            **habits.conditions,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.close()

    def begin(self) -> None:
        """Start the extension."""
        self._sandbox.start()

    def invoke(self, times: int) -> None:
        """Have the function invoked; most invocations succeed."""
        for _ in range(times):
            self._invoke(self._draw.choice(STATUSES), None)

    def end(self, ending: Ending | None = None) -> None:
        """Shut down, or have one invocation more, with which the process ends."""
        if ending is None:
            self._sandbox.shutdown()
        else:
            self._invoke("success" if ending == "refused" else "timeout", ending)
            self._before = _init(self.function, phase="invoke")
        self.cut_off = ending in {"taken", "refused"}
        if not self.cut_off:
            self._look_back()

    def live(self, habits: Habits, has_pushed: Callable[[], bool]) -> None:
        """Live from the start to the end; what is to be cut off has pushed before."""
        self.begin()
        if habits.ending is None:
            self.invoke(habits.invocations)
        else:
            self.invoke(habits.invocations - 1)
            while habits.is_cut_off and not has_pushed():
                self.invoke(1)
            self.end(habits.ending)
        if habits.ending == "timeout":
            self.invoke(habits.invocations)
        if not self.cut_off:
            self.end()

    def told(self) -> str:
        """Return what became of it, for who wonders; when all is over."""
        result = self._sandbox.result()
        return f"{result.reports.by_status} delivered, exit code {result.exit_code}; its output:\n{result.stderr}"

    def _look_back(self) -> None:
        """Check that the process that was shut down ended by itself; forget its last report if that came too late."""
        process = self._sandbox.result().lives[-1]
        assert not process.killed, self.told()
        if process.reports.count < len(process.invocations) and process.shutdown_seconds >= LAST_REPORT_SECONDS:
            kind, ticks = self.durations.pop()
            self.reported -= Tally.of(kind, ticks)

    def _invoke(self, status: str, ending: Ending | None) -> None:
        kind = Kind(self.function, status)
        ticks = self._draw.randint(TICKS_A_MILLISECOND, 60 * TICKS_A_MILLISECOND)
        self.durations.append((kind, ticks))
        self.reported += Tally.of(kind, ticks)
        invocation = _invocation(status, ticks / TICKS_A_MILLISECOND)
        result = self._sandbox.invoke(replace(invocation, before=self._before, ending=ending))
        self._before = ()
        assert not result.failed, result.reason


def _init(function: str, phase: str = "init") -> tuple[object, ...]:
    init = {"initializationType": "on-demand", "phase": phase}
    return (
        _event("platform.initStart", **init, functionName=function, functionVersion="$LATEST"),
        _event("platform.initRuntimeDone", **init, status="success"),
        _event("platform.initReport", **init, status="success", metrics={"durationMs": 104.5}),
    )


def _invocation(status: str, milliseconds: float) -> Invocation:
    identity = {"requestId": str(uuid.uuid4())}
    done = {**identity, "status": status, "metrics": {"durationMs": milliseconds, "producedBytes": 211}}
    billed = {"billedDurationMs": int(milliseconds) + 1, "memorySizeMB": 128, "maxMemoryUsedMB": 66}
    report = {**identity, "status": status, "metrics": {"durationMs": milliseconds, **billed}}
    return Invocation(
        identity["requestId"],
        events=(_event("platform.start", **identity, version="$LATEST"), _event("platform.runtimeDone", **done)),
        after=(_event("platform.report", **report),),
    )


def _event(kind: str, **record: Any) -> object:
    return {"time": NOW, "type": kind, "record": record}
