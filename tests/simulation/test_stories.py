"""Lives that once broke a promise, shortened to what it took."""

from __future__ import annotations

import pytest
from simulation.play import play
from simulation.script import (
    Exchange,
    Invoke,
    Kill,
    Post,
    Reset,
    Rotate,
    Script,
    Setup,
    Shutdown,
    StepClock,
    Sweep,
)

STORIES = {
    "telemetry of a sandbox that is never invoked arrives just when the last push is answered": Script(
        Setup(processor_step=0.0002), (Shutdown(),), (Post(), Post(0.2)), (Exchange(seconds=0.071),)
    ),
    "a post is repeated after its log lines were dropped": Script(
        Setup(delivery="delta", hold=0.05, pending_bytes=1500, processor_step=0.004),
        (Invoke(seconds=2.0, tells_end=False), Invoke(seconds=0.02, logs=12), Shutdown(0.04)),
        (Post(), Post(), Post(), Post(), Post(0.03, "twice")),
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
        Setup(), (Invoke(), Invoke(gap=9000.0), Sweep(), Shutdown()), (), (Exchange(), Exchange("break", seconds=3.0))
    ),
    "the answer to a push is read after a freeze of hours": Script(
        Setup(flush="adaptive"),
        (
            Invoke(),
            Invoke(tells_end=False, linger=0.05, gap=9000.0),
            Invoke(seconds=0.3, gap=9000.0),
            Sweep(),
            Shutdown(0.3),
        ),
        (),
        (Exchange(), Exchange(), Exchange(seconds=0.15)),
    ),
    "a push that was given up breaks, and is repeated over the one after it": Script(
        Setup(push_interval=0.0),
        (Invoke(), Invoke(gap=0.02), Shutdown()),
        (),
        (Exchange(), Exchange("break", seconds=1.2, applied="never"), Exchange(), Exchange(), Exchange("hang")),
    ),
    "a freeze of hours comes while new credentials are read, and the group is swept meanwhile": Script(
        Setup(credentials="secret", hold=0.05),
        (Invoke(), Rotate(), Invoke(gap=9000.0), Sweep(), Shutdown(0.3)),
        (),
        (),
    ),
    "the clock steps forward just after a shutdown began": Script(
        Setup(push_interval=10.0, processor_step=0.004),
        (Invoke(), StepClock(0.03, 30.0), Invoke(seconds=0.02, gap=0.005), Shutdown(0.04)),
        (),
        (),
    ),
    "telemetry comes when there is no time left to push it": Script(
        Setup(delivery="delta", start="lambda-managed-instances", processor_step=0.004),
        (Invoke(seconds=2.0, gap=0.02), Invoke(gap=0.3), Shutdown(0.3)),
        (),
        (Exchange(status=422, applied="never", seconds=3.0, fragile=True),),
    ),
    "a piece of a post is dropped because too much waits": Script(
        Setup(delivery="remote-write", pending_bytes=1500),
        (Invoke(seconds=0.002), Invoke(seconds=0.02, logs=12, linger=0.01), Shutdown(0.005)),
        (Post(), Post(), Post(), Post(fate="cut")),
        (),
    ),
    "the beginning of a post is dropped because too much waits, and its end follows half of another one": Script(
        Setup(init=0.02, pending_bytes=1500),
        (Invoke(seconds=0.002, logs=12, gap=0.005), Invoke(seconds=0.02), Shutdown(0.09)),
        (Post(fate="half lost"), Post(0.005, "cut")),
        (),
    ),
    "a push is refused, the answer is read after a freeze of hours, and the group is swept meanwhile": Script(
        Setup(),
        (Invoke(), Invoke(), Invoke(), Invoke(gap=9000.0), Sweep(), Shutdown(0.005)),
        (),
        (Exchange(), Exchange(), Exchange(), Exchange(status=400, applied="never", seconds=0.3)),
    ),
    "a push that adds up is given up at the moment at which its answer comes": Script(
        Setup(delivery="delta", start="snap-start", push_interval=1.0, processor_step=0.004),
        (
            Invoke(seconds=0.05, gap=0.3),
            Invoke(seconds=0.05, linger=0.05, gap=0.005),
            Invoke(seconds=0.05, gap=0.005),
            Shutdown(0.04),
        ),
        (),
        (Exchange(seconds=1.5, fragile=True),),
    ),
    "the runtime times out, and a new process begins": Script(Setup(), (Invoke(), Reset(), Invoke(), Kill()), (), ()),
}


@pytest.mark.parametrize("script", STORIES.values(), ids=STORIES)
def test_no_promise_is_broken(script: Script) -> None:
    outcome = play(script)
    assert outcome.wrong == [], "\n".join(outcome.story)
