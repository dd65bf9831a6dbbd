"""Lives that once broke a promise, shortened to what it took."""

from __future__ import annotations

import pytest
from simulation.play import play
from simulation.script import Exchange, Invoke, Kill, Post, Reset, Script, Setup, Shutdown, StepClock, Sweep

STORIES = {
    "telemetry of a sandbox that is never invoked arrives during the last push": Script(
        Setup(start="lambda-managed-instances"), (Shutdown(),), (Post(0.2),), (Exchange(seconds=0.15),)
    ),
    "telemetry arrives just when the last push is answered": Script(
        Setup(), (Invoke(), Shutdown(0.02)), (Post(), Post(), Post(), Post(), Post(0.012, "twice")), ()
    ),
    "a post is repeated after its log lines were dropped": Script(
        Setup(delivery="delta", hold=0.0, pending_bytes=1500, processor_step=0.0002),
        (Invoke(), Invoke(logs=12, gap=0.02), Invoke(seconds=0.002, gap=0.02), Invoke(logs=12), Shutdown(0.09)),
        tuple(Post(0.002, "twice") for _ in range(12)),
        (),
    ),
    "the clock steps back while a push is waited for": Script(
        Setup(), (StepClock(0.1, -3600.0), Invoke(seconds=0.02), Shutdown()), (), (Exchange("hang"), Exchange("hang"))
    ),
    "the clock steps back while the end of the function is waited for": Script(
        Setup(flush="end"), (StepClock(0.1, -3600.0), Invoke(tells_end=False), Shutdown()), (), ()
    ),
    "the clock steps back after a snapshot is restored": Script(
        Setup(start="snap-start", hold=0.05), (StepClock(0.03, -3600.0), Invoke(), Invoke(), Shutdown()), (), ()
    ),
    "a freeze of hours breaks the connection of a push, and the group is swept meanwhile": Script(
        Setup(monotonic_stands_still=True),
        (Invoke(), Invoke(), Invoke(), Invoke(gap=9000.0), Sweep(), Shutdown()),
        (),
        (Exchange(), Exchange(), Exchange("answer", 200, "late", 0.4, 6.0, fragile=True)),
    ),
    "the answer to a push is read after a freeze": Script(
        Setup(hold=0.05),
        (Invoke(gap=3500.0), Invoke(gap=3550.0), Invoke(gap=3500.0), Sweep(), Shutdown()),
        (),
        (Exchange(seconds=0.4), Exchange(seconds=0.4)),
    ),
    "a push that was given up breaks, and is repeated over the one after it": Script(
        Setup(push_interval=0.0),
        (Invoke(), Invoke(gap=0.02), Shutdown()),
        (),
        (Exchange(), Exchange("break", seconds=1.2, applied="never"), Exchange(), Exchange(), Exchange("hang")),
    ),
    "the runtime times out, and a new process begins": Script(Setup(), (Invoke(), Reset(), Invoke(), Kill()), (), ()),
}


@pytest.mark.parametrize("script", STORIES.values(), ids=STORIES)
def test_no_promise_is_broken(script: Script) -> None:
    outcome = play(script)
    assert outcome.wrong == [], "\n".join(outcome.story)
