"""A script: all that happens in a life, drawn from a seed before it is played.

Playing draws nothing, so that a script can be shortened: a step that is left out changes no other.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

Delivery: TypeAlias = Literal["replace", "delta", "import", "remote-write"]
Start: TypeAlias = Literal["on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances"]
Credentials: TypeAlias = Literal["none", "url", "secret", "token"]


Flush: TypeAlias = Literal["invoke", "end", "adaptive"]
OnShutdown: TypeAlias = Literal["keep", "delete"]
Reason: TypeAlias = Literal["timeout", "failure"]
Kind: TypeAlias = Literal["answer", "refuse", "hang", "break"]
Applied: TypeAlias = Literal["at once", "late", "never", "part"]
Fate: TypeAlias = Literal["comes", "lost", "twice", "cut", "half lost", "malformed"]
T = TypeVar("T")

_REASONS: tuple[Reason, ...] = ("timeout", "failure")
_DELIVERIES: tuple[Delivery, ...] = ("replace", "replace", "delta", "delta", "import", "remote-write")
_STARTS: tuple[Start, ...] = (
    "on-demand",
    "on-demand",
    "on-demand",
    "snap-start",
    "lambda-managed-instances",
    "provisioned-concurrency",
)
_FLUSHES: tuple[Flush, ...] = ("invoke", "invoke", "end", "adaptive")
_ON_SHUTDOWN: tuple[OnShutdown, ...] = ("keep", "keep", "keep", "delete")
_CREDENTIALS: tuple[Credentials, ...] = ("none", "none", "url", "secret", "token")
_GAPS = (
    (0.005, 0.02, 0.3, 1.2),
    (0.005, 0.02, 0.3, 1.2),
    (0.02, 0.3, 1.2, 1.2),
    (0.3, 1.2, 5.0),
    (5.0, 60.0, 900.0),
    (3000.0, 5000.0, 9000.0, 9000.0),
)
_INVOCATIONS = (*(0,) * 6, *(1,) * 46, *(2,) * 30, *(3,) * 11, *(4,) * 4, *(7,) * 2, 12)
"""Invocations of a life, in percent."""

_LOGS = (0, 1, 1, 1, 3, 3, 12)
_DELAYS = (0.001, 0.002, 0.005, 0.03, 0.2)
_FATES: tuple[Fate, ...] = ("twice", "twice", "lost", "cut", "half lost", "malformed")
_POST_TROUBLE = (0.0, 0.1, 0.3)
_MOST_POSTS = 40
_TROUBLE = (0.0, 0.2, 0.4, 0.7)
"""The share of requests with which something goes wrong, as it may be in a life."""

_KINDS: tuple[Kind, ...] = ("answer", "answer", "answer", "refuse", "hang", "break", "break")
_SLOW = 0.25
"""The share of lives with a gateway that has too much to do."""


class Setup(NamedTuple):
    """What stays the same for a whole life."""

    delivery: Delivery = "replace"
    start: Start = "on-demand"
    init: float = 0.2
    flush: Flush = "invoke"
    on_shutdown: OnShutdown = "keep"
    credentials: Credentials = "none"
    hold: float = 0.2
    push_interval: float = 1.0
    flush_interval: float = 10.0
    push_timeout: float = 2.0
    batch_size: int = 0
    pending_bytes: int = 8 * 1024 * 1024
    processor_step: float = 0.0
    monotonic_stands_still: bool = False
    self_metrics: bool = True


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
    fate: Fate = "comes"


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


class _Dice(Random):
    """Random numbers of a seed."""

    def of(self, items: Sequence[T]) -> T:
        """Draw one of some items."""
        return items[int(self.random() * len(items))]


def script_of(seed: int) -> Script:
    """Draw a script: most lives are short, as most faults need no long one, and more of these are played in a second.

    What goes wrong in a life is of few kinds, but of those, there is much.
    """
    dice = _Dice(seed)
    setup = _setup(dice)
    is_slow = dice.random() < _SLOW
    if is_slow:
        setup = setup._replace(push_interval=0.0, batch_size=0, processor_step=0.0)
    steps = _steps(dice, setup, is_slow=is_slow)
    posts = _posts(dice, dice.of(_POST_TROUBLE), min(_MOST_POSTS, 2 + 3 * len(steps)))
    trouble = dice.of(_TROUBLE)
    draw = _slow_exchange if is_slow else _exchange
    exchanges = tuple(draw(dice, setup, trouble) for _ in range(2 + len(steps)))
    return Script(setup, steps, posts, exchanges)


def _setup(dice: _Dice) -> Setup:
    of = dice.of
    delivery = of(_DELIVERIES)
    return Setup(
        delivery=delivery,
        start=of(_STARTS),
        init=of((0.02, 0.02, 0.2)),
        flush=of(_FLUSHES),
        on_shutdown=of(_ON_SHUTDOWN) if delivery == "replace" else "keep",
        credentials=of(_CREDENTIALS),
        hold=of((0.2, 0.2, 0.2, 0.05, 1.0, 0.0)),
        push_interval=of((1.0, 1.0, 0.0, 10.0)),
        flush_interval=of((10.0, 1.0)),
        push_timeout=of((2.0, 2.0, 0.5)),
        batch_size=of((0, 0, 0, 4)),
        pending_bytes=1500 if dice.random() < 0.1 else 8 * 1024 * 1024,
        processor_step=of((0.0, 0.0, 0.0, 0.0002, 0.004)),
        monotonic_stands_still=of((False, True)),
        self_metrics=of((True, False)),
    )


def _steps(dice: _Dice, setup: Setup, *, is_slow: bool) -> tuple[Step, ...]:
    steps: list[Step] = []
    gaps = dice.of(_GAPS)
    for _ in range(dice.of(_INVOCATIONS)):
        if (trouble := _trouble(dice, setup)) is not None:
            steps.append(trouble)
        steps.append(_invoke(dice, dice.of(gaps)))
    if gaps[-1] >= 5000.0:
        steps.append(Sweep())
        if dice.random() < 0.3:
            steps.append(_invoke(dice, 1.0))
    if is_slow:  # what is under way in the last invocation is under way at the end
        steps.append(_invoke(dice, 0.02)._replace(seconds=dice.of((0.002, 0.05, 0.3))))
    steps.append(Shutdown(dice.of((0.005, 0.02, 0.04, 0.09, 0.3))) if dice.random() < 0.85 else Kill())
    return tuple(steps)


def _trouble(dice: _Dice, setup: Setup) -> Step | None:  # noqa: PLR0911 - one for each kind
    """Draw what goes wrong before, or in, an invocation; in most of them nothing does."""
    number = dice.random()
    if number >= 0.29:
        return None
    if number < 0.06:
        return Stall(dice.of((0.0, 0.01, 0.1)), dice.of((0.01, 0.1, 1.0)))
    if number < 0.10:
        return StepClock(dice.of((0.03, 0.1)), dice.of((-3600.0, -5.0, 0.5, 30.0, 4000.0)))
    if number < 0.14:
        has_secret = setup.credentials in {"secret", "token"}
        return Rotate(dice.of((0.0, 0.0, 30.0))) if has_secret else None
    if number < 0.17:
        return RefuseNext(dice.of((1, 3)))
    if number < 0.22:
        return Sweep()
    if number < 0.27:
        return Reset(dice.of(_REASONS), dice.of((0.2, 1.0)))
    return Kill(dice.of((0.0, 0.02)))


def _invoke(dice: _Dice, gap: float) -> Invoke:
    of = dice.of
    return Invoke(
        seconds=of((0.002, 0.002, 0.02, 0.02, 0.05, 0.3, 2.0)),
        limit=of((3.0, 30.0, 900.0)),
        logs=of(_LOGS),
        burst=dice.random() < 0.1,
        tells_end=dice.random() > 0.05,
        linger=of((0.0, 0.0, 0.01, 0.05)),
        gap=gap,
        thaw_delay=of((0.0, 0.001, 0.02)),
    )


def _posts(dice: _Dice, trouble: float, number: int) -> tuple[Post, ...]:
    """Draw how posts come; without trouble all are ordinary."""
    if not trouble:
        return ()
    return tuple(Post(dice.of(_DELAYS), dice.of(_FATES) if dice.random() < trouble else "comes") for _ in range(number))


def _slow_exchange(dice: _Dice, setup: Setup, trouble: float) -> Exchange:  # noqa: ARG001 - as the other
    """Draw what a gateway does that has too much to do: it answers late, when it has applied the push at last."""
    seconds = dice.of((0.01, 0.01, 0.3, 1.0, 1.2, 1.2))
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


def _exchange(dice: _Dice, setup: Setup, trouble: float) -> Exchange:
    of = dice.of
    fragile = dice.random() < 0.2
    if dice.random() > trouble:
        return Exchange(seconds=of((0.003, 0.03, 0.15, 0.4, 0.4)), fragile=fragile)
    kind = of(_KINDS)
    status = of((200, 202, 204, 400, 404, 413, 422, 429, 429, 500, 503))
    applied = of(_ways_to_apply(kind, status, setup))
    seconds = of((0.003, 0.03, 0.3) if kind == "break" else (0.003, 0.03, 0.3, 1.2, 1.5, 3.0))
    is_slow = kind == "answer" and applied == "late" and dice.random() < 0.7  # it answers when it has applied it
    late = 0.9 * seconds if is_slow else of((0.1, 1.0, 6.0, 2000.0))
    return Exchange(kind, status, applied, seconds, late, fragile)
