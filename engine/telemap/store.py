"""The store: all families' series in one process, and the handlers that fill them.

It has the shape of a prometheus_client collector: `prometheus_client.REGISTRY.register(store)`.
"""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING

from telemap.counts import Counts
from telemap.label_text import INSTANCE, clean
from telemap.model import EnvironmentReference, InstanceReference, LiteralLabel
from telemap.patterns import matches
from telemap.series import Budget, FamilySeries
from telemap.settings import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from prometheus_client import Metric

    from telemap.own_metrics import OwnMetrics
    from telemap.plan import Handler, Plan

SERIES_LIMIT_TOTAL = 10_000
"""Most series in one process, all families together."""

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

    Attributes:
        families: one for each of the plan's, in its order.
        instance: may be changed at any time; series show the new one from then on.
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
    ) -> None:
        self.plan = plan
        self.own = own
        self.instance = uuid.uuid4().hex if instance is None else instance
        self.lock = threading.Lock()
        self.counts = Counts()
        self._warn = warn or _ignore
        budget = Budget(SERIES_LIMIT_TOTAL)
        self.families = tuple(FamilySeries(shape, budget, self._warn) for shape in plan.families)
        handlers = self._bind(environment() if env is None else env)
        self._exact: dict[str, Handler] = dict(zip(plan.exact, handlers, strict=False))
        self._patterned = tuple(zip(plan.patterned, handlers[len(plan.exact) :], strict=True))
        self._others: dict[str, tuple[Handler, ...]] = {}

    def handlers(self, event_type: str) -> tuple[Handler, ...]:
        """Give the functions that take events of a type, in file order of their sources."""
        if event_type in self._exact:
            return (self._exact[event_type],)
        found = self._others.get(event_type)
        if found is None:
            found = tuple(
                handler for patterns, handler in self._patterned if any(matches(text, event_type) for text in patterns)
            )
            if len(self._others) < _CACHED_TYPES:
                self._others[event_type] = found
        return found

    def all_families(self) -> list[FamilySeries]:
        """Give the plan's families and telemap's own, by name."""
        families = [*self.families, *(self.own.families if self.own else ())]
        return sorted(families, key=lambda series: series.shape.name)

    def refresh(self) -> None:
        """Bring telemap's own families up to date; for readers, who hold the lock."""
        if self.own:
            self.own.read(self.counts, self.families)

    def collect(self) -> Iterable[Metric]:
        """Give the families as prometheus_client wants them from a collector."""
        from telemap.collect import collect  # noqa: PLC0415 - prometheus_client is for those who use it

        with self.lock:
            self.refresh()
            return collect(self.all_families(), self.instance)

    def _bind(self, env: Mapping[str, str]) -> tuple[Handler, ...]:
        """Tie the plan's functions to this store's cells."""
        finders: tuple[object, ...] = ()
        if self.plan.paths:
            from telemap.jsonpath import finder  # noqa: PLC0415 - only where a path is not plain

            finders = tuple(finder(text) for text in self.plan.paths)
        parts = dict.fromkeys(part for label in self.plan.literals for part in label.parts)
        for part in parts:
            if isinstance(part, EnvironmentReference) and part.default is None and part.name not in env:
                self._warn(f"environment variable {part.name} is not set: labels that name it are empty")
        literals = tuple(_resolve(label, env) for label in self.plan.literals)
        return self.plan.bind(self.plan.constants, literals, finders, [family.bound() for family in self.families])


def _resolve(label: LiteralLabel, env: Mapping[str, str]) -> str:
    """Give the text of a label that is known before any event; the instance id stays open until series are read."""
    texts = [""]
    for part in label.parts:
        match part:
            case InstanceReference():
                texts.append("")
            case EnvironmentReference(name, default):
                texts[-1] += env.get(name, default or "")
            case str():
                texts[-1] += part
    return INSTANCE.join(clean(text) for text in texts)


def _ignore(_: str) -> None:
    """Tell nobody."""
