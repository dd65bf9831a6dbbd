from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.patterns import is_pattern, matches

LETTERS = "ab.*"


@given(st.text(LETTERS, max_size=8), st.text("ab.", max_size=12))
def test_patterns_match_what_a_regex_would(pattern: str, event_type: str) -> None:
    oracle = "".join(".*" if letter == "*" else re.escape(letter) for letter in pattern)
    assert matches(pattern, event_type) == bool(re.fullmatch(oracle, event_type))


@pytest.mark.parametrize("pattern", ["platform.[a-z]*", "platform.?eport", "platform.(report)", "Platform.report"])
def test_nothing_but_the_star_is_special(pattern: str) -> None:
    assert not matches(pattern, "platform.report")


def test_an_untrusted_pattern_takes_no_time() -> None:
    assert not matches("*a" * 200 + "b", "a" * 10_000)


def test_only_a_star_makes_a_pattern() -> None:
    assert is_pattern("platform.*")
    assert not is_pattern("platform.report")
