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
        if not plan.needs.has_regexes:
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
    counts = store.counts
    for event in events:
        event_type = event.get("type") if type(event) is dict else None
        if type(event_type) is not str:
            counts.dropped["malformed"] += 1
            continue
        counts.count_event(event_type)
        for handler in store.handlers(event_type):
            if handler(event):
                counts.dropped["rule"] += 1
                break
