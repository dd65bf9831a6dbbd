"""A script: all that happens in a life, drawn from a seed before it is played.

Playing draws nothing, so that a script can be shortened: a step that is left out changes no other.
"""

from __future__ import annotations

from random import Random
from typing import Literal, NamedTuple, TypeAlias

Delivery: TypeAlias = Literal["replace", "delta", "import"]
Start: TypeAlias = Literal["on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances"]
Credentials: TypeAlias = Literal["none", "url", "secret", "token"]


class Setup(NamedTuple):
    """What stays the same for a whole life."""

    delivery: Delivery = "replace"
    start: Start = "on-demand"
    flush: Literal["invoke", "end", "adaptive"] = "invoke"
    on_shutdown: Literal["keep", "delete"] = "keep"
    credentials: Credentials = "none"
    hold: float = 0.2
    push_interval: float = 1.0
    flush_interval: float = 10.0
    push_timeout: float = 2.0
    batch_size: int = 0
    pending_bytes: int = 8 * 1024 * 1024
    processor_step: float = 0.0
    monotonic_stands_still: bool = False


class Invoke(NamedTuple):
    """An invocation, and how long the sandbox is idle after it."""

    seconds: float = 0.05
    limit: float = 3.0
    logs: int = 1
    burst: bool = False
    tells_end: bool = True
    linger: float = 0.0
    gap: float = 1.0
    thaw_delay: float = 0.0


class Reset(NamedTuple):
    """An invocation that ends with the runtime: Lambda shuts the processes down and starts others."""

    reason: Literal["timeout", "failure"] = "timeout"
    seconds: float = 0.5


class Kill(NamedTuple):
    """The processes are killed without a SHUTDOWN, and others are started."""

    after: float = 0.0


class Stall(NamedTuple):
    """The sandbox gets no processor for a while, some time after the next invocation begins."""

    after: float = 0.01
    seconds: float = 0.1


class StepClock(NamedTuple):
    """The clock on the wall steps, some time after the next invocation begins."""

    after: float = 0.03
    seconds: float = 3600.0


class Rotate(NamedTuple):
    """The gateway's credentials change; the secret holds the new ones some time later."""

    lag: float = 0.0


class RefuseNext(NamedTuple):
    """Lambda refuses the next calls of `event/next`."""

    times: int = 1


class Sweep(NamedTuple):
    """`telemap sweep` runs."""


class Shutdown(NamedTuple):
    """The end, with a SHUTDOWN; `last_post` is how long after it telemetry comes."""

    last_post: float = 0.02


Step: TypeAlias = Invoke | Reset | Kill | Stall | StepClock | Rotate | RefuseNext | Sweep | Shutdown


class Post(NamedTuple):
    """What happens to a post of telemetry on its way."""

    delay: float = 0.002
    fate: Literal["comes", "lost", "twice", "cut", "half lost", "malformed"] = "comes"


class Exchange(NamedTuple):
    """What happens to a request on its way to the gateway and back.

    Attributes:
        kind: `answer`; `refuse` the connection; `hang` without an answer; `break` the connection after the request.
        status: of the answer, unless the credentials are wrong.
        applied: whether the gateway applies it: at once, `late`, `never`, or in `part`.
        seconds: until the answer.
        late: seconds until it is applied late.
        fragile: whether a freeze breaks the connection.
    """

    kind: Literal["answer", "refuse", "hang", "break"] = "answer"
    status: int = 200
    applied: Literal["at once", "late", "never", "part"] = "at once"
    seconds: float = 0.01
    late: float = 0.0
    fragile: bool = False


class Script(NamedTuple):
    """A life."""

    setup: Setup
    steps: tuple[Step, ...]
    posts: tuple[Post, ...]
    exchanges: tuple[Exchange, ...]


def script_of(seed: int) -> Script:
    """Draw a script."""
    random = Random(seed)  # noqa: S311 - dice, not secrets
    setup = _setup(random)
    steps = _steps(random, setup)
    posts = tuple(_post(random) for _ in range(24)) if random.random() < 0.7 else ()
    trouble = random.choice((0.0, 0.0, 0.15, 0.4, 0.8))
    draw = _slow_exchange if random.random() < 0.15 else _exchange
    exchanges = tuple(draw(random, setup, trouble) for _ in range(16)) if random.random() < 0.9 else ()
    return Script(setup, steps, posts, exchanges)


def _setup(random: Random) -> Setup:
    choice = random.choice
    delivery: Delivery = choice(("replace", "replace", "delta", "delta", "import"))
    starts: tuple[Start, ...] = ("on-demand", "on-demand", "on-demand", "snap-start", "lambda-managed-instances")
    return Setup(
        delivery=delivery,
        start=choice((*starts, "provisioned-concurrency")),
        flush=choice(("invoke", "invoke", "end", "adaptive")),
        on_shutdown=choice(("keep", "keep", "keep", "delete")) if delivery == "replace" else "keep",
        credentials=choice(("none", "none", "url", "secret", "token")),
        hold=choice((0.2, 0.2, 0.2, 0.05, 1.0, 0.0)),
        push_interval=choice((1.0, 1.0, 0.0, 10.0)),
        flush_interval=choice((10.0, 1.0)),
        push_timeout=choice((2.0, 2.0, 0.5)),
        batch_size=choice((0, 0, 0, 4)),
        pending_bytes=choice((8 * 1024 * 1024,) * 9 + (1500,)),
        processor_step=choice((0.0, 0.0, 0.0, 0.0002, 0.004)),
        monotonic_stands_still=choice((False, True)),
    )


def _steps(random: Random, setup: Setup) -> tuple[Step, ...]:
    steps: list[Step] = []
    gaps = random.choice(
        ((0.005, 0.02, 0.3, 1.2), (0.3, 1.2, 5.0), (5.0, 60.0, 900.0), (900.0, 3000.0, 5000.0, 9000.0))
    )
    for _ in range(random.choice((0, 1, 1, 2, 2, 3, 4, 7))):
        dice = random.random()
        if dice < 0.06:
            steps.append(Stall(random.choice((0.0, 0.01, 0.1)), random.choice((0.01, 0.1, 1.0))))
        elif dice < 0.10:
            steps.append(StepClock(random.choice((0.03, 0.1)), random.choice((-3600.0, -5.0, 0.5, 30.0, 4000.0))))
        elif dice < 0.14 and setup.credentials in {"secret", "token"}:
            steps.append(Rotate(random.choice((0.0, 0.0, 30.0))))
        elif dice < 0.17:
            steps.append(RefuseNext(random.choice((1, 3))))
        elif dice < 0.22:
            steps.append(Sweep())
        elif dice < 0.27:
            steps.append(Reset(random.choice(("timeout", "failure")), random.choice((0.2, 1.0))))
        elif dice < 0.29:
            steps.append(Kill(random.choice((0.0, 0.02))))
        steps.append(_invoke(random, random.choice(gaps)))
    if gaps[-1] >= 5000.0:
        steps.append(Sweep())
        steps.append(_invoke(random, 1.0))
    steps.append(Shutdown(random.choice((0.005, 0.02, 0.04, 0.09, 0.3))) if random.random() < 0.85 else Kill())
    return tuple(steps)


def _invoke(random: Random, gap: float) -> Invoke:
    return Invoke(
        seconds=random.choice((0.002, 0.02, 0.05, 0.3, 2.0)),
        limit=random.choice((3.0, 30.0, 900.0)),
        logs=random.choice((0, 1, 1, 3, 12)),
        burst=random.random() < 0.1,
        tells_end=random.random() > 0.05,
        linger=random.choice((0.0, 0.0, 0.01, 0.05)),
        gap=gap,
        thaw_delay=random.choice((0.0, 0.001, 0.02)),
    )


def _post(random: Random) -> Post:
    dice = random.random()
    delay = random.choice((0.001, 0.002, 0.005, 0.03, 0.2))
    if dice < 0.80:
        return Post(delay)
    if dice < 0.88:
        return Post(delay, "twice")
    return Post(delay, random.choice(("lost", "cut", "half lost", "malformed")))


def _slow_exchange(random: Random, setup: Setup, trouble: float) -> Exchange:  # noqa: ARG001 - as the other
    """Draw what a gateway does that has too much to do: it answers late, when it has applied the push at last."""
    seconds = random.choice((0.3, 1.0, 1.2, 1.5))
    return Exchange(applied="late", seconds=seconds, late=0.95 * seconds)


def _exchange(random: Random, setup: Setup, trouble: float) -> Exchange:
    fragile = random.random() < 0.2
    if random.random() > trouble:
        return Exchange(seconds=random.choice((0.003, 0.01, 0.03, 0.15, 0.4)), fragile=fragile)
    kind = random.choice(("answer", "answer", "answer", "refuse", "hang", "break"))
    status = random.choice((200, 202, 204, 400, 404, 413, 422, 429, 500, 503))
    good = 200 <= status < 300
    if kind != "answer":
        applied = random.choice(("at once", "late", "never"))
    elif good:
        applied = random.choice(("at once",) * 3 + ("late", "late", "never"))
    elif status in {400, 422}:
        applied = random.choice(("never", "part")) if setup.delivery != "replace" else "never"
    else:
        applied = random.choice(("never",) * 4 + (("at once",) if status >= 500 else ()))
    seconds = random.choice((0.003, 0.03, 0.3, 1.2, 1.5, 3.0))
    is_slow = kind == "answer" and applied == "late" and random.random() < 0.7  # it answers when it has applied it
    late = 0.9 * seconds if is_slow else random.choice((0.1, 1.0, 6.0, 2000.0))
    return Exchange(kind, status, applied, seconds, late, fragile)
