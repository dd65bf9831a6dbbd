"""Rows 1 to 3: decoding and applying batches, with a mapping of twelve metrics."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inputs.events import invocations
from measuring import in_turn, repeated
from peers.by_hand import ByHand
from peers.plain_engine import PlainEngine
from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from result import Result, Target, compared

import telemap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from effort import Effort

MAPPING = Path(__file__).parents[1] / "inputs" / "twelve.yaml"
_SIZES = (1, 100)
_SHIPPED = ("telemap:default", "telemap:platform")


def measure(effort: Effort) -> Iterator[Result]:
    """Measure small batches and large ones."""
    plan = telemap.compile(telemap.load(MAPPING))
    check(plan)
    for size in _SIZES:
        events = invocations(size)
        body = json.dumps(events).encode()
        words = f"{size} invocation{'s' if size > 1 else ''}"
        yield _against_json(effort, plan, body, words)
        yield _against_hand(effort, plan, events, words)
        yield _against_engine(effort, plan, body, words)
    yield from _others(effort, plan)


def _against_json(effort: Effort, plan: telemap.Plan, body: bytes, words: str) -> Result:
    store = telemap.Store(plan, env={})
    times = _timed(effort, lambda: telemap.apply(plan, telemap.decode(body), store), lambda: json.loads(body))
    return compared("1", f"decode and apply, {words}, against json.loads alone", times, Target(most=1.7))


def _others(effort: Effort, plan: telemap.Plan) -> Iterator[Result]:
    """Measure rows without a target: the shipped mappings, and label text that never repeats."""
    events = invocations(_SIZES[-1])
    bodies = {f"with {name}": json.dumps(events).encode() for name in _SHIPPED}
    plans = [telemap.compile(telemap.load(name)) for name in _SHIPPED]
    for event in events:
        if "route" in event["record"]:
            event["record"]["route"] = uuid.uuid4().hex
    bodies["every route another, over a limit of 50"] = json.dumps(events).encode()
    for (words, body), one in zip(bodies.items(), (*plans, plan), strict=True):
        result = _against_json(effort, one, body, f"{_SIZES[-1]} invocations, {words}")
        yield replace(result, row="1, other", target=None)


def _against_hand(effort: Effort, plan: telemap.Plan, events: list[Any], words: str) -> Result:
    store, peer = telemap.Store(plan, env={}), ByHand()
    times = _timed(effort, lambda: telemap.apply(plan, events, store), lambda: peer.apply(events))
    return compared("2", f"apply, {words}, against prometheus_client by hand", times, Target(most=0.6))


def _against_engine(effort: Effort, plan: telemap.Plan, body: bytes, words: str) -> Result:
    store, peer = telemap.Store(plan, env={}), PlainEngine(MAPPING)
    times = _timed(
        effort,
        lambda: telemap.apply(plan, telemap.decode(body), store),
        lambda: peer.apply(json.loads(body)),
    )
    return compared("3", f"decode and apply, {words}, a plain engine against it", times, Target(least=10))


def _timed(effort: Effort, *actions: Callable[[], object]) -> list[list[float]]:
    return in_turn([repeated(action, effort.sample_seconds) for action in actions], effort.rounds)


def check(plan: telemap.Plan) -> None:
    """Check that the peers produce the same samples as telemap.

    Raises:
        RuntimeError: a peer's samples differ.
    """
    disable_created_metrics()  # type: ignore[no-untyped-call]
    events = invocations(200, seed=2, cold=True)
    wanted = samples(telemap.render(telemap.apply(plan, events, telemap.Store(plan, env={}))))
    for peer in (ByHand(), PlainEngine(MAPPING)):
        peer.apply(events)
        if (found := samples(text_of(peer.registry))) != wanted:
            raise RuntimeError(f"{type(peer).__name__} differs: {sorted(found ^ wanted)}")


def text_of(registry: CollectorRegistry) -> str:
    """Return the content of a registry in Prometheus's text format."""
    return generate_latest(registry).decode()


def samples(text: str) -> set[str]:
    """Return the lines with samples."""
    return {line for line in text.splitlines() if not line.startswith("#")}
