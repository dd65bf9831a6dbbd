"""A small function of the kind that people write: it prints, it logs, and sometimes it raises."""

import logging
import os
from typing import Any

logger = logging.getLogger()
logger.setLevel(logging.INFO)


class OutOfStockError(Exception):
    """There is nothing left of what was ordered."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take an order."""
    order = event["order"]
    print(f"order {order} came in")
    if event.get("large"):
        logger.warning("order %s is large", order)
    if event.get("missing"):
        raise OutOfStockError(event["missing"])
    logger.info("order taken", extra={"event": "order_taken", "parcels": event.get("parcels", 1)})
    return {"order": order, "request": context.aws_request_id, "worker": os.getpid()}
