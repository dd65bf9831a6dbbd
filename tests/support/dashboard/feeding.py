"""Feeds a gateway with what the real extension pushes from sandboxes of a shop's functions."""

from __future__ import annotations

import random
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from dashboard.shop import NOW, Function, event, life
from patience import CONDITIONS

from telemap_lambda.sandbox import Sandbox, assemble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AT_ONCE = 3
"""Sandboxes that live at the same time."""

PROMPT = {"TELEMAP_PUSH_INTERVAL_MS": "0"}

ORDERS = Function("orders", 90, troubles={"Runtime.ExitError": 0.02, "timeout": 0.03}, settings=PROMPT)
THUMBNAILS = Function(
    "thumbnails", 900, memory_mb=512, init_ms=700, troubles={"Runtime.OutOfMemory": 0.08}, settings=PROMPT
)
PAYMENTS = Function("payments", 40, memory_mb=128, kind="snap-start", settings=PROMPT)
SHOP = (ORDERS, ORDERS, PAYMENTS, THUMBNAILS)

_BASKET = """version: 1
include: [telemap:platform]
metrics:
  shop_basket:
    from: function
    help: Made for the dashboard.
"""
CAREFUL = Function("baskets", 60, mapping=f"{_BASKET}    type: gauge\n    value: $.record\n", settings=PROMPT)
"""Its family is a gauge, and reads numbers from text that is none; Lambda drops telemetry of it."""

CLASHING = Function(
    "stock",
    60,
    mapping=f"{_BASKET}    type: summary\n    value: 1\n    labels: {{word: $.record}}\n    series_limit: 1\n",
    settings=PROMPT,
)
"""Its family is a summary of the same name, so that the gateway refuses its pushes; and has too many series."""

BROKEN = Function("returns", 60, mapping="version: 1\nmetrics: {", settings=PROMPT)
WORDS = tuple({"time": NOW, "type": "function", "record": word} for word in ("a", "b", "c", 7))
DROPPED = event("platform.logsDropped", reason="slow", droppedRecords=12, droppedBytes=3456)


@dataclass
class Feed:
    """Plays sandboxes against a gateway.

    Args:
        url: the gateway.
        seed: draws their lives.

    Attributes:
        reported: what Lambda reported of invocations, by function and status.
    """

    url: str
    seed: int
    reported: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._resources = ExitStack()
        self._folder = Path(self._resources.enter_context(tempfile.TemporaryDirectory(prefix="dashboard-")))
        self._layer = assemble(self._folder / "layer")
        self._lock = threading.Lock()
        self._lives = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

    def play(self, function: Function, invocations: int, *extra: object, gap_seconds: float = 0.0) -> None:
        """Play one sandbox from its start to its end."""
        environment = {"GATEWAY": self.url, "MAPPING_FILE": self._mapping(function), **function.settings}
        chance = random.Random(f"{self.seed} {self._next()}")  # noqa: S311 - no secret
        recording = life(function, invocations, chance, *extra)
        with Sandbox(
            self._layer,
            recording=recording,
            environment=environment,
            function_name=function.name,
            hold_gap_seconds=gap_seconds,
            **CONDITIONS,
        ) as sandbox:
            result = sandbox.run()
        assert not any(one.failed for one in result.invocations), result.stderr
        with self._lock:
            for status, count in result.reports.by_status.items():
                self.reported[function.name, status] += count

    def play_everything(self) -> None:
        """Play, once, all that panels have something to say of."""
        certain = Function("orders", 90, troubles={"timeout": 1.0}, settings=PROMPT)
        killed = Function("thumbnails", 900, memory_mb=512, troubles={"Runtime.OutOfMemory": 1.0}, settings=PROMPT)
        self.play(CAREFUL, 2, *WORDS, DROPPED)
        acts: Sequence[Callable[[], None]] = (
            lambda: self.play(ORDERS, 6),
            lambda: self.play(certain, 2),
            lambda: self.play(killed, 2),
            lambda: self.play(PAYMENTS, 4),
            lambda: self.play(CLASHING, 4, *WORDS),
            lambda: self.play(BROKEN, 2),
        )
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(act) for act in acts]:
                done.result()

    def play_for(self, seconds: float) -> None:
        """Play a shop's day in so many seconds: busy in the middle, with sandboxes of all functions."""
        begin = time.monotonic()

        def work(worker: int) -> None:
            chance = random.Random(f"{self.seed} worker {worker}")  # noqa: S311 - no secret
            while (passed := (time.monotonic() - begin) / seconds) < 1:
                calm = abs(2 * passed - 1)
                self.play(chance.choice(SHOP), chance.randint(4, 25), gap_seconds=0.05 + 0.4 * calm)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(work, worker) for worker in range(AT_ONCE)]:
                done.result()

    def _mapping(self, function: Function) -> str:
        if function.mapping.startswith("telemap:"):
            return function.mapping
        path = self._folder / f"{function.name}.yaml"
        path.write_text(function.mapping)
        return str(path)

    def _next(self) -> int:
        with self._lock:
            self._lives += 1
            return self._lives
