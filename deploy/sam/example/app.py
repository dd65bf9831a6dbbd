"""The function that the template deploys: it takes an order, and prints one JSON line about it."""

from __future__ import annotations

import json
import time
from typing import Any


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - as Lambda calls it
    """Take an order.

    Args:
        event: the order, with `items` and `total`; both may be missing.
        context: unused.
    """
    began = time.monotonic()
    order = {"items": event.get("items", 1), "total": event.get("total", 0)}
    elapsed_ms = (time.monotonic() - began) * 1000
    print(json.dumps({"order": order, "elapsed_ms": round(elapsed_ms, 3)}))
    return {"accepted": order}
