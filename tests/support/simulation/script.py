"""A script: all that happens in a life, drawn from a seed before it is played.

Playing draws nothing, so that a script can be shortened: a step that is left out changes no other.
"""

from __future__ import annotations

from random import Random
from typing import Literal, NamedTuple, TypeAlias

Delivery: TypeAlias = Literal["replace", "delta", "import", "remote-write"]
Start: TypeAlias = Literal["on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances"]
Credentials: TypeAlias = Literal["none", "url", "secret", "token"]


Reason: TypeAlias = Literal["timeout", "failure"]
Kind: TypeAlias = Literal["answer", "refuse", "hang", "break"]
Applied: TypeAlias = Literal["at once", "late", "never", "part"]

_REASONS: tuple[Reason, ...] = ("timeout", "failure")


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

    reason: Reason = "timeout"
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

    kind: Kind = "answer"
    status: int = 200
    applied: Applied = "at once"
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
    is_slow = random.random() < 0.2
    if is_slow:
        setup = setup._replace(push_interval=0.0, batch_size=0, processor_step=0.0)
    steps = _steps(random, setup, is_slow=is_slow)
    posts = tuple(_post(random) for _ in range(24)) if random.random() < 0.7 else ()
    trouble = random.choice((0.0, 0.0, 0.15, 0.4, 0.8))
    draw = _slow_exchange if is_slow else _exchange
    exchanges = tuple(draw(random, setup, trouble) for _ in range(16)) if random.random() < 0.9 else ()
    return Script(setup, steps, posts, exchanges)


def _setup(random: Random) -> Setup:
    choice = random.choice
    delivery: Delivery = choice(("replace", "replace", "delta", "delta", "import", "remote-write"))
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


def _steps(random: Random, setup: Setup, *, is_slow: bool) -> tuple[Step, ...]:
    steps: list[Step] = []
    gaps = random.choice(
        ((0.005, 0.02, 0.3, 1.2), (0.3, 1.2, 5.0), (5.0, 60.0, 900.0), (900.0, 3000.0, 5000.0, 9000.0))
    )
    for _ in range(random.choice((0, 1, 1, 2, 2, 3, 4, 7))):
        if (trouble := _trouble(random, setup)) is not None:
            steps.append(trouble)
        steps.append(_invoke(random, random.choice(gaps)))
    if gaps[-1] >= 5000.0:
        steps.append(Sweep())
        steps.append(_invoke(random, 1.0))
    if is_slow:  # what is under way in the last invocation is under way at the end
        steps.append(_invoke(random, 0.02))
    steps.append(Shutdown(random.choice((0.005, 0.02, 0.04, 0.09, 0.3))) if random.random() < 0.85 else Kill())
    return tuple(steps)


def _trouble(random: Random, setup: Setup) -> Step | None:  # noqa: PLR0911 - one for each kind
    """Draw what goes wrong before, or in, an invocation; in most of them nothing does."""
    dice = random.random()
    if dice < 0.06:
        return Stall(random.choice((0.0, 0.01, 0.1)), random.choice((0.01, 0.1, 1.0)))
    if dice < 0.10:
        return StepClock(random.choice((0.03, 0.1)), random.choice((-3600.0, -5.0, 0.5, 30.0, 4000.0)))
    if dice < 0.14:
        has_secret = setup.credentials in {"secret", "token"}
        return Rotate(random.choice((0.0, 0.0, 30.0))) if has_secret else None
    if dice < 0.17:
        return RefuseNext(random.choice((1, 3)))
    if dice < 0.22:
        return Sweep()
    if dice < 0.27:
        return Reset(random.choice(_REASONS), random.choice((0.2, 1.0)))
    return Kill(random.choice((0.0, 0.02))) if dice < 0.29 else None


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
    seconds = random.choice((0.01, 0.01, 0.3, 1.0, 1.2))
    return Exchange(applied="late", seconds=seconds, late=0.95 * seconds)


def _ways_to_apply(kind: Kind, status: int, setup: Setup) -> tuple[Applied, ...]:
    """Return what a gateway may do with a push; what is there more than once is more likely."""
    if kind != "answer":
        return ("at once", "late", "never")
    if 200 <= status < 300:
        return ("at once", "at once", "at once", "late", "late", "never")
    if status in {400, 422} and setup.delivery == "delta":
        return ("never", "part")
    return ("never", "never", "never", "never", "at once") if status >= 500 else ("never",)


def _exchange(random: Random, setup: Setup, trouble: float) -> Exchange:
    fragile = random.random() < 0.2
    if random.random() > trouble:
        return Exchange(seconds=random.choice((0.003, 0.01, 0.03, 0.15, 0.4)), fragile=fragile)
    kinds: tuple[Kind, ...] = ("answer", "answer", "answer", "refuse", "hang", "break")
    kind = random.choice(kinds)
    status = random.choice((200, 202, 204, 400, 404, 413, 422, 429, 500, 503))
    applied = random.choice(_ways_to_apply(kind, status, setup))
    seconds = random.choice((0.003, 0.03, 0.3, 1.2, 1.5, 3.0))
    is_slow = kind == "answer" and applied == "late" and random.random() < 0.7  # it answers when it has applied it
    late = 0.9 * seconds if is_slow else random.choice((0.1, 1.0, 6.0, 2000.0))
    return Exchange(kind, status, applied, seconds, late, fragile)
