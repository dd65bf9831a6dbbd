"""Decode and apply a post, against decoding it alone: what the mapping itself costs."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ratio import compare, head, show

import telemap

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDING = Path(__file__).parents[1] / "tests" / "events" / "warm_invokes.json"


def invocations(number: int) -> list[Any]:
    """Give the events of so many invocations: start, runtimeDone and report of each."""
    recorded = [event for event in json.loads(RECORDING.read_text(encoding="utf-8")) if event["type"] != "function"]
    return [event for _ in range(-(-number // 6)) for event in recorded][: 3 * number]


def timed(action: Callable[[], object], *, times: int) -> float:
    """Give the seconds that an action takes, as a mean over some."""
    began = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - began) / times


def main() -> None:
    """Print a row for a small post and one for a large."""
    plan = telemap.compile(telemap.load("telemap:default"))
    store = telemap.Store(plan, env={})
    head()
    for number, times in ((1, 500), (100, 20)):
        body = json.dumps(invocations(number)).encode()

        def both(body: bytes = body) -> None:
            telemap.apply(plan, telemap.decode(body), store)

        def alone(body: bytes = body) -> None:
            json.loads(body)

        ratio = compare(lambda: timed(both, times=times), lambda: timed(alone, times=times), rounds=15)  # noqa: B023
        show(f"decode and apply, {number} invocations, against json.loads", ratio)


if __name__ == "__main__":
    main()
