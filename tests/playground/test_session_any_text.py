"""Whatever stands in the editors, a session answers, in JSON that a browser can read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st
from strategies import batches, json_values, mappings, wild_events

from telemap.playground import QuestionError, Session

ROOT = Path(__file__).parents[2]
MAPPINGS = [
    (ROOT / "tests/support/whole_language.yaml").read_text(encoding="utf-8"),
    *(
        file.read_text(encoding="utf-8")
        for file in sorted((ROOT / "mappings").rglob("*.yaml"))
        if not file.stem.endswith(".test")
    ),
]
READ_ALL = """
version: 1
metrics:
  seen_total: {type: counter, help: Seen., from: "*", labels: {type: $.type, record: {path: $.record, max_values: 3}}}
  sizes: {type: histogram, help: Sizes., from: "*", value: {path: $.record, as: length}, buckets: [1, 10]}
  last: {type: gauge, help: Last., from: "*", parse: json, value: $.record.a}
  items_total: {type: counter, help: Items., from: "*", each: "$.record[*]", when: [{path: ., exists: true}]}
  text_total: {type: counter, help: Text., from: "*", when: [{path: $.record, matches: "(a+)+b"}]}
"""
PIECES = [
    *"-:?{}[],&*!|>'\"%@`#~$.<\\\t\n\r \0\ufeff\ud800\U0001f600",
    "- ",
    "<<: ",
    "*a",
    "&a ",
    "!!str ",
    "---\n",
    "  ",
]


def ask_everything(mapping: str, events: str) -> None:
    """Ask every question about texts, and require JSON without NaN."""
    session = Session()
    asked = {"mapping": {"name": "m.yaml", "text": mapping}, "events": {"revision": 1, "text": events}}
    answer = session.ask("evaluate", asked)
    count = answer["events"]["count"]
    questions: list[tuple[str, dict[str, Any]]] = [
        ("trace", {"first": 1, "last": 500}),
        ("cardinality", {}),
        ("unmatched", {}),
        ("difference", {"before": READ_ALL}),
        ("as_test", {}),
        ("paths", {}),
        ("queries", {"delivery": "remote-write"}),
        ("convert", {"text": events}),
        *(("explain", {"number": number}) for number in range(1, min(count, 3) + 1)),
        *(
            ("series", {"family": number, "series": 0})
            for number, family in enumerate(answer["families"] or ())
            if family["series"]
        ),
    ]
    for answered in (answer, *(session.ask(question, arguments) for question, arguments in questions)):
        json.dumps(answered, allow_nan=False)
    check_ranges(answer["events"], events)


def check_ranges(answer: dict[str, Any], text: str) -> None:
    """Check that the ranges of events follow one another in the text, as JSON values."""
    units = text.encode("utf-16-le", "surrogatepass")
    end = 0
    for begin, behind in answer["ranges"]:
        assert end <= begin < behind
        end = behind
        json.loads(units[2 * begin : 2 * end].decode("utf-16-le", "surrogatepass"), parse_int=str)
    assert 2 * end <= len(units)
    assert len(answer["ranges"]) == answer["count"]


@st.composite
def changed_texts(draw: st.DrawFn, texts: list[str]) -> str:
    """Draw a text with stretches of it replaced, doubled or taken out."""
    text = draw(st.sampled_from(texts))
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(text)))
        end = draw(st.integers(begin, min(len(text), begin + 40)))
        piece = draw(st.sampled_from(PIECES) | st.just(text[begin:end] * 2) | st.text(max_size=5))
        text = text[:begin] + piece + text[end:]
    return text


@examples(0.3)
@given(changed_texts(MAPPINGS), st.lists(wild_events, max_size=4))
def test_any_mapping_is_answered(mapping: str, events: list[Any]) -> None:
    ask_everything(mapping, json.dumps(events))


@examples(0.5)
@given(st.lists(wild_events | json_values, max_size=6), st.sampled_from(["\n", " ", ", "]), st.booleans())
def test_any_events_are_answered(events: list[Any], between: str, escaped: bool) -> None:  # noqa: FBT001 - drawn
    text = between.join(json.dumps(one, ensure_ascii=escaped) for one in events)
    ask_everything(READ_ALL, f"[{text}]" if between == ", " else text)


@examples(0.5)
@given(changed_texts(['{"type": "function", "record": {"a": "\U0001f600", "b": [1, 2.5e3]}}\n' * 3]) | st.text())
def test_any_text_as_events_is_answered(text: str) -> None:
    ask_everything(READ_ALL, text)


@examples(0.5)
@given(st.text() | st.sampled_from(["evaluate", "convert", "difference"]), json_values)
def test_wrong_arguments_are_refused(question: str, arguments: Any) -> None:
    with pytest.raises(QuestionError):
        Session().ask(question, arguments)


@examples(0.5)
@given(mappings(), batches)
def test_events_that_made_no_series_can_be_left_out(mapping: str, events: list[Any]) -> None:
    session = Session()

    def evaluate(revision: int, those: list[Any]) -> dict[str, Any]:
        text = json.dumps(those)
        asked = {"mapping": {"name": "m.yaml", "text": mapping}, "events": {"revision": revision, "text": text}}
        return session.ask("evaluate", asked)

    before = evaluate(1, events)
    traced = session.ask("trace", {"first": 1, "last": 500})["events"]
    made = [one for one, trace in zip(events, traced, strict=True) if trace["made"]]
    origins = [
        session.ask("series", {"family": number, "series": series})
        for number, family in enumerate(before["families"])
        for series in range(len(family["series"]))
    ]
    assert all(origin["total"] for origin in origins)  # no series of these mappings exists from the start
    assert {number for origin in origins for number in origin["events"]} == {
        trace["number"] for trace in traced if trace["made"]
    }
    assert evaluate(2, made)["text"] == before["text"]
