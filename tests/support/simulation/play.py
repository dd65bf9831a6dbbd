"""Play a script, and hold what happens to what is promised."""

from __future__ import annotations

import io
from contextlib import redirect_stderr
from typing import TYPE_CHECKING, NamedTuple

from simulation.gateways import Outside
from simulation.hub import Hub
from simulation.invariants import check_end, check_log, check_outside
from simulation.platform import Platform
from simulation.process import Process

if TYPE_CHECKING:
    from simulation.script import Script

_BEGAN = 1_800_000_000.0
_AFTERWARDS_SECONDS = 10_000.0


class Outcome(NamedTuple):
    """What came of a life.

    Attributes:
        wrong: which promises were broken; empty when all were kept.
        told: what happened, each with its time.
        log: what telemap said.
    """

    wrong: list[str]
    told: list[tuple[float, str, tuple[object, ...]]]
    log: str

    @property
    def story(self) -> list[str]:
        """What happened, a line each; few are read."""
        lines = [f"{moment - _BEGAN:12.4f}  {words.format(*values)}" for moment, words, values in self.told]
        return [*lines, *(f"{'':12}  log: {line}" for line in self.log.splitlines())]


def play(script: Script) -> Outcome:
    """Play a script."""
    told: list[tuple[float, str, tuple[object, ...]]] = []
    setup = script.setup
    hub = Hub(_BEGAN, setup.processor_step, stands_still=setup.monotonic_stands_still)

    def tell(words: str, *values: object) -> None:
        told.append((hub.now, words, values))

    said = io.StringIO()
    outside = Outside(hub, setup.delivery, script.exchanges, tell, said.getvalue)

    def start(platform: Platform) -> Process:
        return Process(platform, outside, tell, said.tell())

    platform = Platform(hub, script, outside, start, tell)
    with redirect_stderr(said):
        try:
            hub.spawn(platform.run, outside=True)
            hub.run()
            hub.has_stopped = False  # what is under way outside comes to its end
            hub.run()
        finally:
            for process in platform.processes:
                process.kill()
    wrong = [*outside.wrong, *platform.wrong]
    if not platform.done:
        wrong.append("the life comes to no end")
    text = said.getvalue()
    ends = [*(process.said_from for process in platform.processes[1:]), len(text)]
    logs = [text[process.said_from : end] for process, end in zip(platform.processes, ends, strict=True)]
    for process, log in zip(platform.processes, logs, strict=True):
        wrong += check_end(process, outside, log)
    ledgers = [process.ledger for process in platform.processes]
    wrong += check_outside(list(zip(ledgers, logs, strict=True)), outside)
    wrong += check_log(text, ledgers, outside)
    return Outcome(wrong, told, text)
