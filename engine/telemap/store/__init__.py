"""The store: all families' series in one process, and the handlers that fill them.

It has the shape of a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.environment import environment
from telemap.event_types import EVENT_TYPES
from telemap.patterns import PatternIndex
from telemap.runtime.regexes import RegexBudget
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
"""Most event types named in no source whose routes are kept: telemetry could make up types without end."""

Route: TypeAlias = "tuple[str, Handler]"
"""The name that events of a type are counted by, and what takes them; it says whether an event is dropped."""


class Store:
    """Cells for the families of a plan.

    Args:
        plan: what will be applied to it.
        env: the variables that `${env:NAME}` reads; the process's own when not given.
        instance: what `${runtime:instance}` reads; a random id when not given.
        warn: called once for each warning, with one line; without it, warnings are discarded.
        own: telemap's own families, to be shown beside the plan's; none when not given.
        now: gives the time, in seconds from no particular moment, for series that expire.

    Attributes:
        families: one for each of the plan's, in its order.
        instance: may be changed at any time; series show the new one from then on.
        clock: a list whose only item is the time of the last batch, as `now` gave it.
        regex_budget: the time that the regexes of a batch may take.
        lock: held while a batch is applied, and while series are read.
        counts: events, by what became of them.
        routes: for event types that came: the name that they are counted by, and the function that takes their events.
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
        self.instance = os.urandom(16).hex() if instance is None else instance
        self.lock = threading.Lock()
        self.counts = Counts()
        self.clock = [0.0]
        self._warn = warn or _ignore
        self.regex_budget = RegexBudget()
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
        """Begin a batch, with the lock held: take the time, and forget what has expired."""
        now = self.clock[0] = self._now()
        for series in self._expiring:
            series.expire(now)

    def route(self, event: Any) -> Route | None:
        """Find the way of an event whose type has none yet, and count its type; None for what is no event."""
        event_type = event.get("type") if type(event) is dict else None
        if type(event_type) is not str:
            return None
        name = self.counts.name(event_type)
        route = name, _chain(self.handlers(event_type))
        if len(self.routes) < _CACHED_TYPES or event_type in self._foreseen:
            self.routes[event_type] = route
        return route

    def handlers(self, event_type: str) -> tuple[Handler, ...]:
        """Return the functions that take events of a type: rules of `drop` first, then sources in file order.

        Where no source fits, there is one instead that counts.
        """
        drops = [self._drops[number] for number in self._droppers.fitting(event_type)]
        fitting = self._readers.fitting(event_type)
        if not fitting:
            return (*drops, self.counts.count_unmatched)
        if fitting in self._groups:
            return (*drops, self._groups[fitting])
        return (*drops, *(self._groups[number,] for number in fitting))

    def all_families(self) -> list[FamilySeries]:
        """Return the plan's families and telemap's own, by name."""
        families = [*self.families, *(self.own.families if self.own else ())]
        return sorted(families, key=lambda series: series.shape.name)

    def refresh(self) -> None:
        """Forget what has expired, and bring telemap's own families up to date; for readers, who hold the lock."""
        now = self._now()
        for series in self._expiring:
            series.expire(now)
        if self.own:
            self.own.read(self.counts, self.families)

    def snapshot(self) -> Snapshot:
        """Copy all series, as `restart` and an exposition of what was added since want it."""
        with self.lock:
            return {series.shape.name: cells_of(series) for series in self.all_families()}

    def restart(self, acknowledged: Snapshot, instance: str) -> None:
        """Begin anew under another instance id: at zero, but for what was not acknowledged.

        Args:
            acknowledged: the series as a gateway last took them; empty when it took none.
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
        """Return the families as prometheus_client wants them from a collector."""
        from telemap.store.collect import collect  # noqa: PLC0415 - prometheus_client is for those who use it

        with self.lock:
            self.refresh()
            return collect(self.all_families(), self.instance)


def _chain(handlers: tuple[Handler, ...]) -> Handler:
    """Make one function of several: it ends with the first that says that the event is dropped."""
    if len(handlers) == 1:
        return handlers[0]

    def chain(event: dict[str, Any]) -> bool:
        return any(handler(event) for handler in handlers)

    return chain


def _ignore(_: str) -> None:
    """Tell nobody."""
