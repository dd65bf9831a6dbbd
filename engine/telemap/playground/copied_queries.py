"""Answer `queries`: PromQL to copy for each metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from telemap.monitoring.counting import Delivery
from telemap.monitoring.metrics import metrics_of
from telemap.monitoring.queries import queries as queries_of
from telemap.playground.arguments import QuestionError

if TYPE_CHECKING:
    from telemap.playground.arguments import Arguments
    from telemap.playground.work import Work

_DELIVERIES: Final = {delivery.value: delivery for delivery in Delivery}


def queries(work: Work, arguments: Arguments) -> dict[str, Any]:
    """Return queries for each metric, by name."""
    word = arguments.text("delivery")
    arguments.end()
    if word not in _DELIVERIES:
        raise QuestionError(f"queries: 'delivery' must be one of {', '.join(_DELIVERIES)}")
    return {
        "families": [
            {
                "name": metric.name,
                "queries": [
                    {"title": one.title, "expr": one.expression} for one in queries_of(metric, _DELIVERIES[word])
                ],
            }
            for metric in metrics_of(work.mapping)
        ]
    }
