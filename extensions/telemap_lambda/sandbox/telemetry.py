"""The telemetry of an environment: buffers events until a subscription, and passes them to each subscriber."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from telemap_lambda.sandbox.delivery import Delivery
from telemap_lambda.sandbox.ledger import Reports, TelemetryCounts
from telemap_lambda.sandbox.subscription import CATEGORIES

if TYPE_CHECKING:
    from telemap_lambda.sandbox.conditions import Conditions
    from telemap_lambda.sandbox.subscription import Subscription


class Telemetry:
    """The events of one environment, and its subscribers.

    Args:
        conditions: Failures to simulate.

    """

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._lock = threading.Lock()
        self._history: list[object] | None = []
        self._deliveries: list[Delivery] = []

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """One delivery per subscriber."""
        with self._lock:
            return tuple(self._deliveries)

    @property
    def counts(self) -> TelemetryCounts:
        """Counts of telemetry delivered to all subscribers together."""
        return sum((delivery.counts for delivery in self.deliveries), TelemetryCounts())

    @property
    def reports(self) -> Reports:
        """The sum of the delivered reports."""
        return sum((delivery.reports for delivery in self.deliveries), Reports())

    def subscribe(self, subscription: Subscription) -> None:
        """Add a subscriber, and pass it the events emitted so far."""
        delivery = Delivery(subscription, self._conditions)
        with self._lock:
            for event in self._history or ():
                _emit(event, delivery)
            self._deliveries.append(delivery)

    def close_subscription(self) -> None:
        """Stop buffering events for later subscribers, because init is over."""
        with self._lock:
            self._history = None

    def emit(self, event: object) -> None:
        """Emit one event."""
        with self._lock:
            if self._history is not None:
                self._history.append(event)
            for delivery in self._deliveries:
                _emit(event, delivery)

    def freeze(self, *, frozen: bool) -> None:
        """Stop posting, as between invocations, or continue."""
        for delivery in self.deliveries:
            delivery.freeze(frozen=frozen)

    def flush(self, timeout_seconds: float) -> bool:
        """Post all buffered events; return whether that was done in time."""
        until = time.monotonic() + timeout_seconds
        flushed = [delivery.flush(max(until - time.monotonic(), 0)) for delivery in self.deliveries]
        return all(flushed)

    def stop(self) -> None:
        """Stop all deliveries."""
        for delivery in self.deliveries:
            delivery.stop()


def _emit(event: object, delivery: Delivery) -> None:
    """Pass an event to a subscriber of its category; an event without a category goes to everyone."""
    category = _category(event)
    if category is None or category in delivery.subscription.categories:
        delivery.emit(event)


def _category(event: object) -> str | None:
    kind = event.get("type") if isinstance(event, dict) else None
    category = kind.split(".", 1)[0] if isinstance(kind, str) else None
    return category if category in CATEGORIES else None
