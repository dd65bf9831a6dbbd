"""The store: all families' series in one process, and the handlers that fill them.

It has the shape of a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import TYPE_CHECKING

from telemap.patterns import matches
from telemap.runtime.regexes import RegexBudget
from telemap.settings import environment
from telemap.store.binding import bind
from telemap.store.counts import Counts
from telemap.store.series import Budget, FamilySeries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

    from telemap.plan import Handler, Plan
    from telemap.store.own_metrics import OwnMetrics

_CACHED_TYPES = 256
"""Most event types named in no source whose handlers are kept: telemetry could make up types without end."""


class Store:
    """Cells for the families of a plan.

    Args:
        plan: what will be applied to it.
        env: the variables that `${env:NAME}` reads; the process's own when not given.
        instance: what `${runtime:instance}` reads; a random id when not given.
        warn: called with one line for what people should know once; nobody is told when not given.
        own: telemap's own families, to be shown beside the plan's; none when not given.
        now: gives the time, in seconds from no particular moment, for series that expire.

    Attributes:
        families: one for each of the plan's, in its order.
        instance: may be changed at any time; series show the new one from then on.
        clock: a list whose only item is the time of the last batch, as `now` gave it.
        regex_budget: the time that the regexes of a batch may take.
        lock: held while a batch is applied, and while series are read.
        counts: events, by what became of them.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        env: Mapping[str, str] | None = None,
        instance: str | None = None,
        warn: Callable[[str], None] | None = None,
        own: OwnMetrics | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.plan = plan
        self.own = own
        self._now = now
        self.instance = uuid.uuid4().hex if instance is None else instance
        self.lock = threading.Lock()
        self.counts = Counts()
        self.clock = [0.0]
        self._warn = warn or _ignore
        self.regex_budget = RegexBudget()
        budget = Budget(plan.series_limit_total)
        self.families = tuple(FamilySeries(shape, budget, self._warn) for shape in plan.families)
        variables = environment() if env is None else env
        handlers = iter(bind(plan, self.families, variables, self.regex_budget, self.clock, self._warn))
        self._exact: dict[str, Handler] = dict(zip(plan.exact, handlers, strict=False))
        self._patterned = tuple(zip(plan.patterned, handlers, strict=False))
        self._drops = tuple(zip(plan.drops, handlers, strict=True))
        self._handlers: dict[str, tuple[Handler, ...]] = {}

    def begin(self) -> None:
        """Begin a batch, with the lock held: take the time, and forget what has expired."""
        now = self.clock[0] = self._now()
        for series in self.families:
            series.expire(now)

    def handlers(self, event_type: str) -> tuple[Handler, ...]:
        """Give the functions that take events of a type: rules of `drop` first, then sources in file order.

        Where no source fits, there is one instead that counts.
        """
        found = self._handlers.get(event_type)
        if found is None:
            found = self._find_handlers(event_type)
            if len(self._handlers) < _CACHED_TYPES or event_type in self._exact:
                self._handlers[event_type] = found
        return found

    def _find_handlers(self, event_type: str) -> tuple[Handler, ...]:
        drops = [handler for patterns, handler in self._drops if _fits(patterns, event_type)]
        if event_type in self._exact:
            return (*drops, self._exact[event_type])
        fitting = [handler for patterns, handler in self._patterned if _fits(patterns, event_type)]
        return (*drops, *(fitting or [self.counts.count_unmatched]))

    def all_families(self) -> list[FamilySeries]:
        """Give the plan's families and telemap's own, by name."""
        families = [*self.families, *(self.own.families if self.own else ())]
        return sorted(families, key=lambda series: series.shape.name)

    def refresh(self) -> None:
        """Forget what has expired, and bring telemap's own families up to date; for readers, who hold the lock."""
        now = self._now()
        for series in self.families:
            series.expire(now)
        if self.own:
            self.own.read(self.counts, self.families)

    def collect(self) -> Iterable[Metric]:
        """Give the families as prometheus_client wants them from a collector."""
        from telemap.store.collect import collect  # noqa: PLC0415 - prometheus_client is for those who use it

        with self.lock:
            self.refresh()
            return collect(self.all_families(), self.instance)


def _fits(patterns: tuple[str, ...], event_type: str) -> bool:
    return any(matches(pattern, event_type) for pattern in patterns)


def _ignore(_: str) -> None:
    """Tell nobody."""
