from __future__ import annotations

import ast

import pytest
from hypothesis import given
from strategies import batches, mappings

import telemap

HOSTILE = "__import__('os').system('exit 1') #\n\"\"\"\\"
MAPPING = """
version: 1
metrics:
  hostile_total:
    type: counter
    help: {hostile}
    from: [{hostile}, "*"]
    value: {{path: "$.record[\\"{name}\\"]", default: 1}}
    labels:
      literal: {hostile}
      path: {{path: "$[\\"{name}\\"].x", default: {hostile}}}
      env: ${{env:HOME:-{name}}}
"""


def test_user_text_never_stands_in_the_generated_code() -> None:
    name = "__import__('os')"
    plan = telemap.compile(telemap.loads(MAPPING.format(hostile=_quoted(HOSTILE), name=name)))
    assert "import" not in plan.code
    assert _strings(plan.code) == []
    telemap.apply(plan, [{"type": HOSTILE, "record": {name: 2}, name: {"x": HOSTILE}}])


@given(mappings())
def test_generated_code_holds_names_small_numbers_and_three_words_only(mapping: str) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    assert set(_strings(plan.code)) <= {"true", "false", "record"}


@given(mappings(), batches)
def test_applying_leaves_the_plan_and_the_events_unchanged(mapping: str, events: list[object]) -> None:
    plan = telemap.compile(telemap.loads(mapping))
    before = repr((plan, events))
    telemap.apply(plan, events, telemap.Store(plan, env={}, instance="i"))
    assert repr((plan, events)) == before


def test_generated_code_can_be_read() -> None:
    plan = telemap.compile(
        telemap.loads("version: 1\nmetrics:\n  orders_total: {type: counter, help: Orders., from: function}\n")
    )
    assert plan.code == (
        "k0, = constants\n"
        "reject0, reject_label0, reject_test0, unparsed0 = families[0].bound()\n"
        "only0, open0 = families[0].known.constant(())\n"
        "def group0(event):\n"
        "    cell = only0[0] or open0()\n"
        "    cell[0] += k0\n"
        "handlers = (group0, )\n"
    )
    assert plan.needs.constants == (1.0,)


def test_a_path_that_sources_share_is_read_once() -> None:
    text = "version: 1\nmetrics:\n" + "".join(
        f"  m{number}: {{type: gauge, help: M., from: x, value: $.record.metrics.m{number}}}\n" for number in range(3)
    )
    plan = telemap.compile(telemap.loads(text))
    record, metrics = plan.needs.constants.index("record"), plan.needs.constants.index("metrics")
    assert plan.code.count(f".get(k{record})") == 1
    assert plan.code.count(f".get(k{metrics})") == 1


@given(mappings(), batches)
def test_a_mapping_compiles_to_the_same_plan_each_time(mapping: str, events: list[object]) -> None:
    plans = [telemap.compile(telemap.loads(mapping)) for _ in range(2)]
    assert plans[0].code == plans[1].code
    first, second = (telemap.apply(plan, events, telemap.Store(plan, env={}, instance="i")) for plan in plans)
    assert telemap.render(first) == telemap.render(second)


def test_a_store_takes_no_other_plan() -> None:
    mapping = telemap.loads("version: 1\nmetrics: {}\n")
    store = telemap.Store(telemap.compile(mapping))
    with pytest.raises(ValueError, match="another plan"):
        telemap.apply(telemap.compile(mapping), [], store)


def _strings(code: str) -> list[str]:
    nodes = ast.walk(ast.parse(code))
    return [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _quoted(text: str) -> str:
    """Write text as a double-quoted YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
