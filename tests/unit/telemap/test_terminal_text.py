"""What a terminal, a log viewer or a CI system would act on is shown as text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from telemap.terminal_text import terminal_line, terminal_text

ANY_TEXT = st.text(st.characters(codec=None), max_size=40)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb\x07", r"a\x1b[31mb\x07"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\x00\x7f\x85\x9b", r"\x00\x7f\x85\x9b"),
        ("\N{RIGHT-TO-LEFT OVERRIDE}\ud800\N{TAG SPACE}\n", r"\u202e\ud800\U000e0020\n"),
        ("\u2028\u2029\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}\N{WORD JOINER}", r"\u2028\u2029\u200b\xad\u2060"),
        ("\N{HANGUL FILLER}\N{VARIATION SELECTOR-16}\U000e0100", r"\u3164\ufe0f\U000e0100"),
        ("C:\\new, é 挨拶 \N{GRINNING FACE}", "C:\\new, é 挨拶 \N{GRINNING FACE}"),
    ],
)
def test_what_does_not_show_as_itself_is_an_escape(text: str, shown: str) -> None:
    assert terminal_text(text) == shown


@given(ANY_TEXT)
def test_only_printable_characters_are_left(text: str) -> None:
    shown = terminal_text(text)
    assert shown.isprintable()
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(ANY_TEXT)
def test_what_was_shown_once_is_shown_the_same_again(text: str) -> None:
    assert terminal_text(terminal_text(text)) == terminal_text(text)
    assert terminal_line(terminal_line(text)) == terminal_line(text)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x.yaml: fine", r"\x3a:error::x.yaml: fine"),
        ("  ::set-output name=a::b", r"  \x3a:set-output name=a::b"),
        ("m.yaml: ##[error]x ##vso[task.setvariable]y", r"m.yaml: #\x23[error]x #\x23vso[task.setvariable]y"),
        ("###[add-mask]x", r"##\x23[add-mask]x"),
        ("a::b [c] ## d [e]", "a::b [c] ## d [e]"),
    ],
)
def test_no_line_is_a_command_to_a_ci_system(line: str, shown: str) -> None:
    assert terminal_line(line) == shown


@given(st.text(st.sampled_from(" :#[e]x\n"), max_size=12))
@example("##[##[")
def test_no_mixture_of_marks_is_a_command(text: str) -> None:
    shown = terminal_line(text)
    assert not shown.lstrip().startswith("::")
    assert "##[" not in shown
