"""Row 7: size and time of a push after many invocations, compared with a few, with the default mapping."""

from __future__ import annotations

import queue
import time
from typing import TYPE_CHECKING

from inputs.events import invocations
from measuring import in_turn
from result import Result, Target, compared
from stands.gateway import PASSWORD, USERNAME, gateway_process

import telemap
from telemap.store.own_metrics import OwnMetrics
from telemap_lambda.delivery.endpoints import Endpoints
from telemap_lambda.delivery.flush import Flush
from telemap_lambda.log import Log
from telemap_lambda.settings.reading import read_settings
from telemap_lambda.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from effort import Effort

    from telemap_lambda.delivery.pushes import PushResult

_SOME = 100
_TIMES_MORE = 100
_WAIT_SECONDS = 10.0


def measure(effort: Effort) -> Iterator[Result]:
    """Measure pushes of two stores in turn, each after one more invocation."""
    many = _SOME * (_TIMES_MORE if effort.rounds > 2 else 2)
    with gateway_process() as url:
        young, old = _Life(url, _SOME), _Life(url, many)
        times = in_turn([old.push, young.push], effort.rounds)
    words = f"after {many:,} invocations, against after {_SOME}"
    yield compared("7", f"time of a push {words}", times, Target(most=1.25))
    sizes = [float(old.size())], [float(young.size())]
    yield compared("7", f"payload of a push {words}", sizes, Target(most=1.1), measured_in="bytes")


class _Life:
    """The pushing part of the extension: a store with telemap's own metrics, and a gateway."""

    def __init__(self, url: str, number: int) -> None:
        address = url.replace("://", f"://{USERNAME}:{PASSWORD}@")
        settings = read_settings({"GATEWAY": address})
        self._plan = telemap.compile(telemap.load("telemap:default"))
        own = OwnMetrics(self._plan, version="bench", fallback=False)
        self._store = telemap.Store(self._plan, env={}, own=own)
        self._results: queue.SimpleQueue[PushResult] = queue.SimpleQueue()
        grouping = {"job": "bench", "instance": self._store.instance}
        self._flush = Flush(settings, grouping, self._store, own, self._results.put, Log(), World(), Endpoints())
        telemap.apply(self._plan, invocations(number, cold=True), self._store)
        self._more = iter(range(number, 1_000_000))

    def push(self) -> float:
        telemap.apply(self._plan, invocations(1, seed=next(self._more)), self._store)
        began = time.perf_counter()
        self._flush.count_events(5)
        self._flush.start()
        result = self._results.get(timeout=_WAIT_SECONDS)
        self._flush.take(result)
        if result.status != 200:
            raise RuntimeError(f"a push failed: {result.reason}")
        return time.perf_counter() - began

    def size(self) -> int:
        return len(telemap.render(self._store).encode())
