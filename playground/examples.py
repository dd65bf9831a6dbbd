"""Write the examples of the playground as JSON beside its page.

    python playground/examples.py OUT

OUT/index.json lists them; OUT/NAME.json has mapping, events, and what the engine answers, so that the page shows it before the engine has started.
"""

from __future__ import annotations

import argparse
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telemap.playground import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parent.parent

_SHIPPED: Final = {
    "platform": ("all events of the platform", "tests/events/cold_start_on_demand.json"),
    "default": ("each invocation's report", "tests/events/warm_invokes.json"),
    "logs": ("levels and errors in logs", "tests/events/function_logs_json.json"),
    "emf": ("embedded metrics", "tests/events/emf_logs.json"),
    "aws-sample": ("AWS's sample extension", "tests/events/warm_invokes.json"),
}
_SHARED_AT_ONCE: Final = 500
_RECORDING: Final = re.compile(r"^# Try it with (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A mapping and events to begin with; `name` is in links, so it stays."""

    name: str
    title: str
    group: str
    mapping: Path
    events: Path


def examples() -> Iterator[Example]:
    """Return all examples, in the order of the list."""
    own = ROOT / "playground/examples"
    yield Example("shop", "A shop: Lambda's numbers and its own", "Start here", own / "shop.yaml", own / "shop.jsonl")
    for name, (title, events) in _SHIPPED.items():
        yield Example(f"telemap-{name}", f"telemap:{name}: {title}", "Shipped mappings", ROOT / f"mappings/{name}.yaml", ROOT / events)
    for path in sorted((ROOT / "mappings/examples").glob("*.yaml")):
        if path.name.endswith(".test.yaml"):
            continue
        recording = _RECORDING.search(path.read_text(encoding="utf-8"))
        if recording is None:
            raise SystemExit(f"{path}: add a line '# Try it with RECORDING', for the playground")
        yield Example(path.stem, path.stem.replace("_", " "), "The language by feature", path, ROOT / recording[1])


def lines_of(recording: str) -> str:
    """Return a recording with one event on each line."""
    events = json.loads(recording) if recording.lstrip().startswith("[") else [json.loads(line) for line in recording.splitlines() if line.strip()]
    return "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)


def data(example: Example) -> dict[str, Any]:
    """Return what the page reads of an example."""
    name, text = "mapping.yaml", example.mapping.read_text(encoding="utf-8")
    events = lines_of(example.events.read_text(encoding="utf-8"))
    session = Session()
    evaluation = session.ask("evaluate", {"mapping": {"name": name, "text": text}, "events": {"revision": 1, "text": events}})
    if not evaluation["valid"]:
        raise SystemExit(f"{example.mapping}: not valid in the playground: {evaluation['problems'][0]['message']}")
    trace = session.ask("trace", {"first": 1, "last": _SHARED_AT_ONCE})
    return {"mapping": {"name": name, "text": text}, "events": events, "answers": {"evaluate": evaluation, "trace": trace}}


def write(out: Path) -> None:
    """Write all examples into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for example in examples():
        (out / f"{example.name}.json").write_text(json.dumps(data(example), ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        entries.append({"name": example.name, "title": example.title, "group": example.group})
    (out / "index.json").write_text(json.dumps(entries, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write the examples of the playground as JSON.")
    parser.add_argument("out", type=Path)
    write(parser.parse_args().out)
