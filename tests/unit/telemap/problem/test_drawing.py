from __future__ import annotations

from textwrap import dedent

import pytest

import telemap
from telemap.problem import Problem, Severity
from telemap.problem.drawing import draw
from telemap.problem.place import Place, Span


def drawn(line: str, start: int, end: int, end_line: int = 7) -> str:
    place = Place("m.yaml", Span(7, start, end_line, end), line)
    return draw(Problem("wrong-type", Severity.ERROR, "said", "m.yaml", place)).partition("\n")[2]


def expected(text: str) -> str:
    return dedent(text).strip("\n")


def test_an_empty_file_has_no_line_to_show() -> None:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads("", "m.yaml")
    assert draw(raised.value.problems[0]) == expected("""
        m.yaml: error: the file holds no mapping [empty-file]
           help: begin with 'version: 1' and 'metrics:'
    """)


def test_the_caret_stands_under_the_place() -> None:
    assert drawn("  help: [a]", 9, 12) == "    7 |   help: [a]\n      |         ^^^"


def test_an_empty_place_has_one_caret() -> None:
    assert drawn("  help:", 8, 8) == "    7 |   help:\n      |        ^"


def test_a_place_over_several_lines_is_marked_to_the_end_of_its_first() -> None:
    assert drawn("  - from: a", 5, 3, end_line=9) == "    7 |   - from: a\n      |     ^^^^^^^"


def test_a_tab_takes_one_column() -> None:
    assert drawn("a:\tb", 4, 5) == "    7 | a: b\n      |    ^"


def test_wide_characters_take_two_columns() -> None:
    assert drawn("挨拶: b", 5, 6) == "    7 | 挨拶: b\n      |       ^"
    assert drawn("a: 挨拶", 4, 6) == "    7 | a: 挨拶\n      |    ^^^^"


def test_combining_characters_take_none() -> None:
    assert drawn("e\N{COMBINING ACUTE ACCENT}: b", 5, 6) == "    7 | e\N{COMBINING ACUTE ACCENT}: b\n      |    ^"


def test_what_a_terminal_would_act_on_is_replaced() -> None:
    assert drawn("a: \x85\u202eb", 4, 6) == "    7 | a: \\x85\\u202eb\n      |    " + "^" * len("\\x85\\u202e")


def test_of_a_long_line_a_window_around_the_place_is_shown() -> None:
    line = "".join(f"{number:04}." for number in range(100))  # 500 characters
    shown, carets = drawn(line, 251, 255).split("\n")
    assert shown == f"    7 | ...{line[210:330]}..."
    assert carets.index("^") == shown.index("0050")
    assert carets.endswith(" ^^^^")


def test_the_window_ends_with_the_line() -> None:
    shown, carets = drawn("x" * 499 + "y", 500, 501).split("\n")
    assert shown == "    7 | ..." + "x" * 40 + "y"
    assert carets.index("^") == shown.index("y")


def test_carets_do_not_leave_the_window() -> None:
    shown, carets = drawn("x" * 500, 1, 501).split("\n")
    assert shown == "    7 | " + "x" * 120 + "..."
    assert carets == "      | " + "^" * 120


def test_both_places_are_shown_when_two_disagree() -> None:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads("version: 1\nversion: 1\nmetrics: {}\n", "m.yaml")
    assert draw(raised.value.problems[0]) == expected("""
        m.yaml:2:1: error: key 'version' is there twice [duplicate-key]
            2 | version: 1
              | ^^^^^^^
           note: m.yaml:1:1: it is here first
            1 | version: 1
              | ^^^^^^^
    """)


def test_an_unknown_code_is_a_fault_of_telemaps_own() -> None:
    with pytest.raises(ValueError, match="unknown problem code 'no-such-code'"):
        Problem("no-such-code", Severity.ERROR, "said", "m.yaml")
