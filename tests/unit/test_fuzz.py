"""Whatever comes in, only telemap's own errors come out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from unit.strategies import json_values, wild_events

import telemap
from telemap.document import loader
from telemap.problem.drawing import draw

SHIPPED = (Path(__file__).parents[2] / "mappings" / "default.yaml").read_bytes()
PIECES = (
    *(piece.encode() for piece in "-:?{}[],&*!|>'\"%@`#~$.<\\\t\n\r \0\ufeff"),
    *(b"null", b"true", b".inf", b"-.nan", b"1e999", b"- ", b"<<: ", b"*a", b"&a ", b"!!str ", b"---\n", b"...\n"),
    *(b"${env:", b"$.a[?(@.b==1)]", b"$..", b"\xff", b"\xe2\x80\xa8", b'"\\x00"', b'"\\ud800"', b"  ", b"9" * 5000),
)
PATHS = ("$.a[?(@.b=='a')]", "$.a[?(@.b > 1)].b", "$.a.`len`", "$.list[-1]", "$['']", "$.a.b", "$", "$.a + $.b")


@pytest.fixture(params=[yaml.CLoader, yaml.Loader], ids=["libyaml", "pure Python"], autouse=True, scope="module")
def _parser(request: pytest.FixtureRequest) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "_YAML_LOADER", request.param)
        yield


@st.composite
def mutated_mappings(draw: st.DrawFn) -> bytes:
    """Draw the shipped mapping with stretches of it replaced, doubled or taken out."""
    content = SHIPPED
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        content = content[:start] + draw(st.sampled_from((*PIECES, content[start:end] * 2))) + content[end:]
    return content


@settings(max_examples=300)
@given(st.one_of(mutated_mappings(), st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
@example(b"version: .inf\nmetrics: {}\n")
@example(b"version: 1\nmetrics: {a_total: {type: counter, help: A., from: a, scale: -1}}\n")
def test_any_bytes_are_a_mapping_or_have_problems_that_can_be_drawn(content: bytes) -> None:
    problems: tuple[telemap.Problem, ...] = ()
    try:
        plan = telemap.compile(telemap.loads(content))
    except telemap.MappingError as refused:
        problems = refused.problems
    else:
        list(telemap.apply(plan, [{"type": "platform.report", "record": {}}]).collect())
        return
    assert problems
    assert all(draw(problem) for problem in problems)


@given(st.one_of(st.text(max_size=20), st.text("$.[]'\"?()@=<>~&|*,:0a`+-/ ", max_size=20)))
def test_any_path_is_used_or_refused(text: str) -> None:
    quoted = yaml.safe_dump("$" + text, allow_unicode=False, width=10_000).partition("\n...")[0].strip()
    mapping = f"version: 1\nmetrics:\n  m: {{type: gauge, help: M., from: x, value: {quoted}}}\n"
    try:
        plan = telemap.compile(telemap.loads(mapping))
    except telemap.MappingError:
        return
    telemap.apply(plan, [{"type": "x", "record": {"a": [1, {"a": "0"}]}, "a": 1}])


@given(st.lists(st.one_of(wild_events, st.fixed_dictionaries({"type": st.just("x"), "a": json_values}))))
def test_no_event_makes_apply_raise(events: list[Any]) -> None:
    plan = _plan_that_reads_everything()
    store = telemap.apply(plan, events)
    telemap.render(store).encode()
    list(store.collect())


@given(st.one_of(st.binary(max_size=40), json_values.map(repr), st.text('[]{}",:0eE-.nultrfas\n', max_size=40)))
def test_any_body_is_decoded_or_refused(body: bytes | str) -> None:
    try:
        events = telemap.decode(body)
    except telemap.DecodeError:
        return
    telemap.apply(_plan_that_reads_everything(), events)


def _plan_that_reads_everything() -> telemap.Plan:
    sources = "".join(
        f'      - {{from: "*", value: "{path}", labels: {{a: "{path}", b: $.a}}}}\n'
        f'      - {{from: x, value: {{path: "{path}", default: 1}}, scale: 1e3, labels: {{a: $.type, b: "{path}"}}}}\n'
        for path in PATHS
    )
    families = "".join(
        f"  m{number}{'_total' if kind == 'counter' else ''}:\n    type: {kind}\n    help: M.\n"
        f"{'    buckets: [0, 1e9]' if kind == 'histogram' else ''}\n    sources:\n{sources}"
        for number, kind in enumerate(("counter", "gauge", "summary", "histogram"))
    )
    return telemap.compile(telemap.loads(f"version: 1\nmetrics:\n{families}"))
