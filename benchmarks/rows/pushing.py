"""Row 6: a push over HTTPS with basic authentication: against prometheus_client, and by remote write against text."""

from __future__ import annotations

import itertools
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
from inputs.events import invocations
from measuring import in_turn
from peers import pushing
from peers.by_hand import ByHand
from prometheus_client import disable_created_metrics
from result import Result, Target, compared
from rows.applying import MAPPING, samples, text_of
from rows.rendering import Series
from stands.certificates import issue
from stands.gateway import PASSWORD, USERNAME, gateway_process

import telemap
from telemap.exposition import Renderer
from telemap.push import Basic, Gateway
from telemap.remote_write import Feed, Protobuf
from telemap.store.acknowledged import Acknowledged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from effort import Effort

_INVOCATIONS = 3
_PUSHES = {"ours": 10, "other": 1}
_GROUPING = {"instance": "0c1f"}
_SERIES = 25
"""Series of all types with 60 samples."""

_WRITES = 50


def measure(effort: Effort) -> Iterator[Result]:
    """Measure both on one gateway that requires a password, in wall time and CPU time."""
    with tempfile.TemporaryDirectory() as folder:
        authority, certificate, key = issue(Path(folder))
        _trust(authority, Path(folder) / "trusted.pem")
        with gateway_process(certificate, key) as url:
            ours, other, size = _pushers(url)
            for clock, words in ((time.perf_counter, "wall"), (time.process_time, "CPU")):
                actions = [_timed(ours, _PUSHES["ours"], clock), _timed(other, _PUSHES["other"], clock)]
                times = in_turn(actions, effort.rounds)
                what = f"push of {size / 1000:.1f} KB over HTTPS, {words}, push_to_gateway against it"
                yield compared("6", what, times, Target(least=10))
            written, put = _written(url), _put(url)
            times = in_turn([_timed(one, _WRITES, time.process_time) for one in (written, put)], effort.rounds)
            yield compared("6, remote write", "push of 60 samples by remote write, by text", times, Target(most=1.2))


def _trust(authority: Path, bundle: Path) -> None:
    """Make both trust the system's authorities (about 140) and ours."""
    bundle.write_bytes(Path(certifi.where()).read_bytes() + authority.read_bytes())
    os.environ["SSL_CERT_FILE"] = str(bundle)


def _pushers(url: str) -> tuple[Callable[[], object], Callable[[], object], int]:
    """Return two actions that render and push the same samples, and the length of the text."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    events = invocations(_INVOCATIONS, cold=True)
    plan = telemap.compile(telemap.load(MAPPING))
    store, peer = telemap.apply(plan, events, telemap.Store(plan, env={})), ByHand()
    peer.apply(events)
    renderer = Renderer(store)
    if samples(renderer.render()) != samples(text_of(peer.registry)):
        raise RuntimeError("the two do not push the same samples")
    gateway = Gateway(url, {"job": "bench", **_GROUPING}, timeout=5)
    gateway.credentials = Basic(USERNAME, PASSWORD)

    def ours() -> None:
        gateway.put(renderer.render())

    def other() -> None:
        pushing.push(url, peer.registry, _GROUPING, USERNAME, PASSWORD)

    return ours, other, len(renderer.render())


def _written(url: str) -> Callable[[], object]:
    """Return an action that pushes 60 samples, all changed, by remote write."""
    series = Series(_SERIES)
    feed = Feed(series.store, Protobuf(), {"job": "bench", **_GROUPING}, steps=10)
    gateway = Gateway(f"{url}/api/v1/write", {}, timeout=5)
    gateway.credentials = Basic(USERNAME, PASSWORD)
    clock = itertools.count(time.time(), 5.0)

    def write() -> None:
        series.change()
        for request in feed.build(next(clock)):
            gateway.write(request.body)
            feed.settle(request)

    return write


def _put(url: str) -> Callable[[], object]:
    """Return an action that pushes the same samples as text, and notes what was acknowledged, as the extension does."""
    series = Series(_SERIES)
    renderer, acknowledged = Renderer(series.store), Acknowledged(series.store)
    gateway = Gateway(url, {"job": "bench", **_GROUPING}, timeout=5)
    gateway.credentials = Basic(USERNAME, PASSWORD)

    def put() -> None:
        series.change()
        text = renderer.render()
        acknowledged.begin()
        gateway.put(text)
        acknowledged.settle(taken=True)

    return put


def _timed(push: Callable[[], object], times: int, clock: Callable[[], float]) -> Callable[[], float]:
    def run() -> float:
        began = clock()
        for _ in range(times):
            push()
        return (clock() - began) / times

    return run
