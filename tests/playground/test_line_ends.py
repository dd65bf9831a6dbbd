"""Line ends stay as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.cli.playground.line_ends import plain, with_ends_of

TEXTS = st.lists(st.sampled_from(["a", "b", "", "\n", "\r\n", "\r"]), max_size=30).map("".join)


@pytest.mark.parametrize(
    ("before", "edited", "expected"),
    [
        ("", "a\nb\n", "a\nb\n"),
        ("a", "a\nb\n", "a\nb\n"),
        ("a\n", "a\nb\n", "a\nb\n"),
        ("a\r\n", "a\nb\n", "a\r\nb\r\n"),
        ("a\rb", "a\nb\nc", "a\rb\rc"),
        ("a\r\nb\nc\r\n", "a\nb\nc\n", "a\r\nb\nc\r\n"),
        ("a\r\nb\nc\r\n", "new\na\nb\nc\n", "new\r\na\r\nb\nc\r\n"),
        ("a\nb\nc\r\nd\n", "a\nc\nchanged\n", "a\nc\r\nchanged\n"),
        ("a\r\nb\n", "", ""),
    ],
)
def test_new_lines_end_as_most_others(before: str, edited: str, expected: str) -> None:
    assert with_ends_of(before, edited) == expected


@given(TEXTS)
def test_what_is_not_edited_stays_the_same(text: str) -> None:
    assert with_ends_of(text, plain(text)) == text


@given(TEXTS, TEXTS)
def test_only_line_ends_are_changed(before: str, edited: str) -> None:
    assert plain(with_ends_of(before, plain(edited))) == plain(edited)
