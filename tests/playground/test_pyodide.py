"""The engine in Pyodide answers as it does here.

It runs under Node, from the files that a browser gets.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playground.node_engine import NodeEngine

from telemap.playground import Session
from telemap.resources import mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterator

TOP = Path(__file__).parents[2]
RECORDINGS = sorted((TOP / "tests" / "events").glob("*.json"))
EXAMPLES = [path for path in sorted((TOP / "mappings" / "examples").glob("*.yaml")) if not path.stem.endswith(".test")]
INVALID = sorted((TOP / "tests" / "cases" / "invalid").glob("*/*/mapping.yaml"))
LATER: list[tuple[str, dict[str, Any]]] = [
    ("trace", {"first": 1, "last": 500}),
    ("explain", {"number": 1}),
    ("series", {"family": 0, "series": 0}),
    *((name, {}) for name in ("cardinality", "unmatched", "as_test", "paths")),
    ("difference", {"before": "version: 1\ninclude: [telemap:default]\n"}),
    *(("queries", {"delivery": delivery}) for delivery in ("gateway", "remote-write", "victoria-metrics")),
]


def lines_of(*recordings: Path) -> str:
    events = [event for path in recordings for event in json.loads(path.read_text(encoding="utf-8"))]
    return "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)


def given(name: str, text: str, events: str, revision: int) -> dict[str, Any]:
    return {"mapping": {"name": name, "text": text}, "events": {"revision": revision, "text": events}}


@pytest.fixture(scope="module")
def engine(built_playground: Path) -> Iterator[NodeEngine]:
    with NodeEngine(built_playground / "static") as engine:
        yield engine


@pytest.mark.parametrize("name", [name for name in shipped_mappings() if "/" not in name])
def test_shipped_mappings_give_the_same_answers(engine: NodeEngine, name: str) -> None:
    text = mapping_path(name).read_text(encoding="utf-8")
    native = Session()
    asked = given(f"{name.partition(':')[2]}.yaml", text, lines_of(*RECORDINGS), 1)
    evaluation = native.ask("evaluate", asked)
    assert evaluation["families"] != []
    assert engine.ask("evaluate", asked) == evaluation
    for question, arguments in LATER:
        assert engine.ask(question, arguments) == native.ask(question, arguments), question


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_give_the_same_answers(engine: NodeEngine, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    [recording] = re.findall(r"^# Try it with (\S+)$", text, re.MULTILINE)
    native = Session()
    asked = given(path.name, text, lines_of(TOP / recording), 2 + EXAMPLES.index(path))
    assert engine.ask("evaluate", asked) == native.ask("evaluate", asked)
    for question, arguments in LATER:
        assert engine.ask(question, arguments) == native.ask(question, arguments), question


def test_mappings_with_errors_have_the_same_problems(engine: NodeEngine) -> None:
    native = Session()
    differ = {}
    for path in INVALID:
        asked = given("mapping.yaml", path.read_text(encoding="utf-8", errors="replace"), "", 1000)
        here, there = native.ask("evaluate", asked), engine.ask("evaluate", asked)
        if here != there:
            differ[path.parent.name] = (here["problems"], there["problems"])
    assert differ == {}


RUNAWAY = """
version: 1
metrics:
  slow_total:
    type: counter
    help: Lines that end in b.
    from: function
    when: [{path: $.record, matches: '^(a|a)*b$'}]
  lines_total:
    type: counter
    help: All lines.
    from: function
"""


def test_a_runaway_regex_is_cut_off_as_it_is_here(engine: NodeEngine) -> None:
    event = {"time": "2026-03-02T08:14:09.404Z", "type": "function", "record": "a" * 40}
    asked = given("runaway.yaml", RUNAWAY, f"{json.dumps(event)}\n" * 500, 2000)
    answer = engine.ask("evaluate", asked)
    assert [family["skipped"] for family in answer["families"]] == [{"cut_off": 500}, {}]
    assert answer == Session().ask("evaluate", asked)
