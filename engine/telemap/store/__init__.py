"""The store: the series of all metrics in one process, and the handlers that fill them.

It is a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.environment import environment
from telemap.event_types import EVENT_TYPES
from telemap.patterns import PatternIndex
from telemap.runtime.regexes import BATCH_SECONDS, RegexBudget
from telemap.store.binding import bind
from telemap.store.counts import Counts
from telemap.store.series import Budget, FamilySeries
from telemap.store.snapshot import cells_of, increments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

    from telemap.plan import Handler, Plan
    from telemap.store.own_metrics import OwnMetrics
    from telemap.store.snapshot import Snapshot

_CACHED_TYPES = 256
"""Maximum number of cached routes for event types that no rule names: telemetry could invent endless types."""

Route: TypeAlias = "tuple[str, Handler]"
"""The name under which events of a type are counted, and their handler, which returns whether an event is dropped."""


class Store:
    """The cells of a plan's metrics.

    Args:
        plan: the plan that will be applied.
        env: the variables for `${env:NAME}`; by default those of the process.
        instance: the value of `${runtime:instance}`; by default a random id.
        warn: called once for each warning, with one line; without it, warnings are discarded.
        own: telemap's own metrics, which are shown with those of the plan; by default none.
        now: returns the time for series that expire, in seconds since an arbitrary moment.
        regex_seconds: CPU time of all regexes in a batch.
        regex_budget: the budget of the regexes, if it is not the store's own.

    Attributes:
        families: one for each metric of the plan, in its order.
        instance: may change at any time; series then show the new one.
        clock: a list whose only item is the time of the last batch, from `now`.
        regex_budget: the budget of the regexes of a batch.
        lock: held while a batch is applied, and while series are read.
        counts: numbers of events by their fate.
        routes: for known event types, the name under which they are counted, and the function for their events.
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
        regex_seconds: float = BATCH_SECONDS,
        regex_budget: RegexBudget | None = None,
    ) -> None:
        self.plan = plan
        self.own = own
        self._now = now
        self.instance = os.urandom(16).hex() if instance is None else instance
        self.lock = threading.Lock()
        self.counts = Counts()
        self.clock = [0.0]
        self._warn = warn or _ignore
        self.regex_budget = RegexBudget(regex_seconds) if regex_budget is None else regex_budget
        budget = Budget(plan.series_limit_total)
        self.families = tuple(FamilySeries(shape, budget, self._warn) for shape in plan.families)
        self._expiring = tuple(series for series in self.families if series.shape.expire is not None)
        self.has_regexes = plan.needs.has_regexes
        variables = environment() if env is None else env
        handlers = iter(bind(plan, self.families, variables, self.regex_budget, self.clock, self.counts, self._warn))
        self._groups: dict[tuple[int, ...], Handler] = dict(zip(plan.groups, handlers, strict=False))
        self._groups |= {(number,): handler for number, handler in zip(plan.alone, handlers, strict=False)}
        self._drops = tuple(handlers)
        self._readers = PatternIndex(plan.sources)
        self._droppers = PatternIndex(plan.drops)
        self._foreseen = EVENT_TYPES.union(plan.exact)
        self.routes: dict[str, Route] = {}

    def begin(self) -> None:
        """Begin a batch, with the lock held: record the time, and remove expired series."""
        now = self.clock[0] = self._now()
        for series in self._expiring:
            series.expire(now)

    def route(self, event: Any) -> Route | None:
        """Find the route of an event with a new type, and count the type; return None if it is not an event."""
        event_type = event.get("type") if type(event) is dict else None
        if type(event_type) is not str:
            return None
        name = self.counts.name(event_type)
        route = name, _chain(self.handlers(event_type))
        if len(self.routes) < _CACHED_TYPES or event_type in self._foreseen:
            self.routes[event_type] = route
        return route

    def handlers(self, event_type: str) -> tuple[Handler, ...]:
        """Return the functions for events of a type: rules of `drop` first, then rules in file order.

        If no rule matches, the last one counts the event as unmatched.
        """
        drops = [self._drops[number] for number in self._droppers.fitting(event_type)]
        fitting = self._readers.fitting(event_type)
        if not fitting:
            return (*drops, self.counts.count_unmatched)
        if fitting in self._groups:
            return (*drops, self._groups[fitting])
        return (*drops, *(self._groups[number,] for number in fitting))

    def all_families(self) -> list[FamilySeries]:
        """Return the plan's metrics and telemap's own, by name."""
        families = [*self.families, *(self.own.families if self.own else ())]
        return sorted(families, key=lambda series: series.shape.name)

    def refresh(self) -> None:
        """Remove expired series, and update telemap's own metrics; for readers, who hold the lock."""
        now = self._now()
        for series in self._expiring:
            series.expire(now)
        if self.own:
            self.own.read(self.counts, self.families)

    def snapshot(self) -> Snapshot:
        """Copy all series, for `restart` and for an exposition of additions."""
        with self.lock:
            return {series.shape.name: cells_of(series) for series in self.all_families()}

    def restart(self, acknowledged: Snapshot, instance: str) -> None:
        """Start again with another instance id, at zero plus what was not acknowledged.

        Args:
            acknowledged: the series as last acknowledged by a gateway; empty if there were none.
            instance: the new id.
        """
        with self.lock:
            self.refresh()
            for series in self.families:
                series.restart(increments(series, acknowledged.get(series.shape.name, {})))
            if self.own:
                self.own.restart(acknowledged)
            self.instance = instance

    def collect(self) -> Iterable[Metric]:
        """Return the metrics as a prometheus_client collector does."""
        from telemap.store.collect import collect  # noqa: PLC0415 - prometheus_client is for those who use it

        with self.lock:
            self.refresh()
            return collect(self.all_families(), self.instance)


def _chain(handlers: tuple[Handler, ...]) -> Handler:
    """Combine functions into one, which ends with the first that drops the event."""
    if len(handlers) == 1:
        return handlers[0]

    def chain(event: dict[str, Any]) -> bool:
        return any(handler(event) for handler in handlers)

    return chain


def _ignore(_: str) -> None:
    """Discard a warning."""
