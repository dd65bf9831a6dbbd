"""Labels whose text is replaced: what it costs, and that it stays within bounds."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.path import MAX_TEXT
from telemap.replacements import TemplateError, read_template
from telemap.runtime.regexes import RegexBudget
from telemap.runtime.replacing import make_replace

REGEXES = (r"\d+", r"(a)|(b)", r"x*", r"(?P<word>\w+) ?", r"^|$", r"\b")
TEMPLATES = ("", ":id", r"<\g<0>>", r"\\", r"a\\\\b")


@given(st.sampled_from(REGEXES), st.sampled_from(TEMPLATES), st.text(alphabet="ab1 2x/", max_size=60))
def test_matches_are_replaced_as_python_replaces_them(pattern: str, template: str, text: str) -> None:
    assert make_replace(pattern, template, RegexBudget())(text) == re.sub(pattern, template, text)


@pytest.mark.parametrize(
    ("pattern", "template", "text", "replaced"),
    [
        (r"(a)|(b)", r"[\1|\2]", "abc", "[a|][|b]c"),
        (r"(?P<n>\d)(\d)", r"\2\g<n>\g<1>", "12 34", "211 433"),
        (r"(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", r"\11\10", "abcdefghijk", "kj"),
    ],
)
def test_groups_are_those_of_each_match(pattern: str, template: str, text: str, replaced: str) -> None:
    assert make_replace(pattern, template, RegexBudget())(text) == replaced


@pytest.mark.parametrize(
    "template", [r"\2", r"\g<y>", r"\g<2>", r"\g<>", r"\g<x", r"\n", r"\0", "\\", r"\g<1111111111>", "a" * 2000]
)
def test_templates_that_no_regex_could_fill_are_refused(template: str) -> None:
    with pytest.raises(TemplateError):
        read_template(template, re.compile("(?P<x>x)"))


@pytest.mark.parametrize("pattern", ["", "a", "(a+)", "(?=(a+))"])
def test_the_result_and_the_time_are_bounded_however_much_a_match_grows(pattern: str) -> None:
    replace = make_replace(pattern, r"\g<0>" * 170, RegexBudget())
    began = time.thread_time()
    assert len(replace("a" * 1_000_000)) <= MAX_TEXT
    assert time.thread_time() - began < 10  # far more than it needs


def test_a_slow_replacement_is_cut_off_and_costs_only_its_own_samples() -> None:
    mapping = """
version: 1
metrics:
  slow_total:
    type: counter
    help: Slow.
    from: function
    labels: {x: {path: $.record, replace: {regex: '(a+)+$', with: b}}}
  beside_total: {type: counter, help: Beside., from: function}
"""
    plan = telemap.compile(telemap.loads(mapping))
    store = telemap.Store(plan, env={})
    telemap.apply(plan, [{"type": "function", "record": "a" * 5000 + "!"}] * 2, store)
    slow, beside = store.families
    assert slow.skipped["cut_off"] == 2
    assert beside.cells == {(): [2.0]}
