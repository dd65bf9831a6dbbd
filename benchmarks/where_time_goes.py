"""Print where the time goes in a start, a batch, a push and the loading of a mapping; there are no targets."""

from __future__ import annotations

import json
import platform
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from effort import QUICK
from inputs.events import invocations
from measuring import in_turn, repeated, spread
from rows.applying import MAPPING
from stands.gateway import PASSWORD, USERNAME, gateway_process
from stands.lambda_api import start
from stands.layer import Layer, unpacked

import telemap
from telemap.exposition import Renderer
from telemap.push import Basic, Gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PROCESSOR = "arm64" if platform.machine() == "aarch64" else platform.machine()
_LAYER = Path(__file__).parents[1] / "dist" / f"telemap-layer-{_PROCESSOR}.zip"
_STANDS = Path(__file__).parent / "stands"
_STARTS = 11
_INVOCATIONS = 100
_PUSHES = 200


def main(file: Path) -> None:
    """Print all tables.

    Args:
        file: the layer; if it does not exist, the installed package is measured.
    """
    with unpacked(file if file.is_file() else None) as layer:
        _table("A start, milliseconds since the process began", _start(layer))
        _table("Imports of a start, milliseconds without nested imports, by package", _imports(layer))
        _table("A batch of 100 invocations, microseconds an invocation", _batch())
        _table("A push, microseconds", _push())
        _table("Loading and compiling twelve families, share of the profiled time", _load())


def _table(title: str, rows: Iterator[tuple[str, str]]) -> None:
    print(f"\n{title}:\n\n| what | |\n| --- | --- |")
    for name, text in rows:
        print(f"| {name} | {text} |", flush=True)


def _start(layer: Layer) -> Iterator[tuple[str, str]]:
    variables = {**layer.environment, "GATEWAY": "http://127.0.0.1:9"}
    starts = [start([str(layer.launcher)], variables) for _ in range(_STARTS)]
    bare = [repeated(lambda: _run(layer, "-c", "pass"), 0.0, time.perf_counter)() for _ in range(_STARTS)]
    yield "a Python that does nothing, start to end", _milliseconds(bare)
    yield "asks to be registered", _milliseconds([one.register_seconds for one in starts])
    yield "subscribes", _milliseconds([one.subscribe_seconds for one in starts])
    yield "asks for the first event", _milliseconds([one.ready_seconds for one in starts])
    yield "CPU time until then", _milliseconds([one.cpu_seconds for one in starts])


def _imports(layer: Layer) -> Iterator[tuple[str, str]]:
    command = [str(layer.python), "-I", "-S", "-X", "importtime", str(layer.main), str(layer.launcher)]
    own: Counter[str] = Counter()
    for line in start(command, {**layer.environment, "GATEWAY": "http://127.0.0.1:9"}).output.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if line.startswith("import time:") and parts[0].strip().isdigit():
            package = parts[2].strip().partition(".")[0]
            ours = package if (layer.modules / package).is_dir() else "the standard library"
            own[ours] += int(parts[0])
    for package, microseconds in own.most_common(8):
        yield package, f"{microseconds / 1000:.1f}"


def _batch() -> Iterator[tuple[str, str]]:
    plan = telemap.compile(telemap.load(MAPPING))
    store = telemap.Store(plan, env={})
    events = invocations(_INVOCATIONS)
    body = json.dumps(events).encode()
    kinds = sorted({event["type"] for event in events})
    chosen = {kind: [event for event in events if event["type"] == kind] for kind in kinds}

    def applying(batch: list[Any]) -> Callable[[], object]:
        return lambda: telemap.apply(plan, batch, store)

    actions = [lambda: json.loads(body), applying(events), *(applying(chosen[kind]) for kind in kinds)]
    times = in_turn([repeated(action, QUICK.sample_seconds) for action in actions], QUICK.rounds)
    names = ("decoding", "applying all", *(f"applying {kind}" for kind in kinds))
    for name, measured in zip(names, times, strict=True):
        yield name, f"{spread(measured).median / _INVOCATIONS * 1e6:.2f}"


def _push() -> Iterator[tuple[str, str]]:
    plan = telemap.compile(telemap.load("telemap:default"))
    store = telemap.Store(plan, env={})
    events = invocations(1)
    renderer = Renderer(store)
    with gateway_process() as url, Gateway(url, {"job": "bench"}, timeout=5) as gateway:
        gateway.credentials = Basic(USERNAME, PASSWORD)
        moments = []
        for _ in range(_PUSHES):
            telemap.apply(plan, events, store)
            began = time.perf_counter()
            text = renderer.render()
            rendered, cpu = time.perf_counter(), time.process_time()
            gateway.put(text)
            moments.append((rendered - began, time.perf_counter() - rendered, time.process_time() - cpu))
    rendering, sending, own = (statistics.median(one) * 1e6 for one in zip(*moments, strict=True))
    yield f"rendering {len(text.splitlines())} lines after an invocation", f"{rendering:.0f}"
    yield "sending, and receiving the answer, on a persistent connection", f"{sending:.0f}"
    yield "of that the extension's own CPU time", f"{own:.0f}"


def _load() -> Iterator[tuple[str, str]]:
    with unpacked(None) as layer:  # the layer's own Python has no profiler
        arguments = [str(layer.modules), "telemap:platform", str(MAPPING)]
        done = _run(layer, str(_STANDS / "profile_load.py"), *arguments)
    seconds = json.loads(done.stdout)
    for part, own in sorted(seconds.items(), key=lambda pair: -pair[1]):
        yield part, f"{own / sum(seconds.values()):.0%}"


def _run(layer: Layer, *words: str) -> subprocess.CompletedProcess[str]:
    command = [str(layer.python), "-I", "-S", *words]
    return subprocess.run(command, env=layer.environment, check=True, capture_output=True, text=True)  # noqa: S603


def _milliseconds(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f}"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else _LAYER)
