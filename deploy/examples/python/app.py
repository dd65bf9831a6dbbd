"""Takes a picture and logs it with Python's logging; telemap counts what is in the log (mapping.yaml)."""

from __future__ import annotations

import logging
import time
from typing import Any

log = logging.getLogger(__name__)
log.setLevel(logging.INFO)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001 - as Lambda calls it
    """Scale a picture.

    Args:
        event: the picture, with `format` and `bytes`.
        context: unused.
    """
    began = time.monotonic()
    scaled = event["bytes"] // 4
    fields = {"format": event["format"], "bytes_saved": event["bytes"] - scaled}
    log.info("picture scaled", extra={**fields, "elapsed_s": time.monotonic() - began})
    return {"bytes": scaled}
