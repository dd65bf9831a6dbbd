"""Apply a plan to batches of events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.plan import Plan


def apply(plan: Plan, events: Iterable[Any], store: Store | None = None) -> Store:
    """Apply a plan to a batch of events, in the order of arrival.

    Whatever an event holds, the others are applied: what is no event is counted, and each source stands on its own.
    Call it on the main thread where the mapping has regexes: only there is their time bounded.

    Args:
        plan: the compiled mapping.
        events: Telemetry API events as `json.loads` gives them: objects with `time`, `type` and `record`.
        store: where samples go; a new one when not given.

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
    """Apply the events, with the lock held."""
    routes, dropped, counted = store.routes, store.counts.dropped, store.counts.events
    for event in events:
        try:
            name, handle = routes[event["type"]]
        except (KeyError, TypeError):  # the first event of a type, or no event at all
            route = store.route(event)
            if route is None:
                dropped["malformed"] += 1
                continue
            name, handle = route
        counted[name] += 1
        if handle(event):
            dropped["rule"] += 1
