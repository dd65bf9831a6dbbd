"""Apply a plan to batches of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.plan import Plan


def apply(plan: Plan, events: Iterable[Any], store: Store | None = None) -> Store:
    """Apply a plan to a batch of events, in the order of arrival.

    No event keeps others from being applied: anything that is not an event is counted, and sources are independent. If
    the mapping has regexes, call this on the main thread, because their time is only limited there.

    Args:
        plan: the compiled mapping.
        events: Telemetry API events, as returned by `json.loads`: objects with `time`, `type` and `record`.
        store: receives the samples; a new store by default.

    Returns:
        The store.

    Raises:
        ValueError: the store was made for another plan.
    """
    if store is None:
        store = Store(plan)
    elif store.plan is not plan:
        raise ValueError("the store was made for another plan")
    with store.lock:
        store.begin()
        if not store.has_regexes:
            _apply(events, store)
            return store
        store.regex_budget.begin()
        try:
            _apply(events, store)
        finally:
            store.regex_budget.end()
    return store


def _apply(events: Iterable[Any], store: Store) -> None:
    """Apply events; the caller holds the lock."""
    routes, dropped, counted = store.routes, store.counts.dropped, store.counts.events
    for event in events:
        try:
            name, handle = routes[event["type"]]
        except (KeyError, TypeError):  # the first event of a type, or not an event
            route = store.route(event)
            if route is None:
                dropped["malformed"] += 1
                continue
            name, handle = route
        counted[name] += 1
        if handle(event):
            dropped["rule"] += 1
