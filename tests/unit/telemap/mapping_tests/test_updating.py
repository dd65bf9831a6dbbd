"""`telemap test --update`: what tests got is written where it was expected, and nothing else changes."""

from __future__ import annotations

import codecs
from pathlib import Path
from string import printable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from telemap.cli import main
from telemap.document.loader import parse_document
from telemap.document.nodes import MapNode, Node, ScalarNode
from telemap.document.quoting import double_quoted
from telemap.mapping_tests.edits import edited
from telemap.mapping_tests.failures import NewNumber, NewText
from telemap.problem.place import Place

MAPPING = """\
version: 1
metrics:
  orders_total: {type: counter, help: Orders., from: function, labels: {shop: $.record.shop}}
  wait_seconds: {type: summary, help: Waits., from: function, value: $.record.wait, labels: {shop: $.record.shop}}
"""
HEAD = """\
# The tests.
version: 1

tests:
  one:   # a name
    events:
      - {type: function, record: {shop: a, wait: 0.1}}
      - {type: function, record: {shop: a, wait: 0.2}}
      - {type: function, record: {shop: b}}
    expect:
"""
TEXT = """\
# HELP orders_total Orders.
# TYPE orders_total counter
orders_total{shop="a"} 2.0
orders_total{shop="b"} 1.0
# HELP wait_seconds Waits.
# TYPE wait_seconds summary
wait_seconds_count{shop="a"} 2.0
wait_seconds_sum{shop="a"} 0.30000000000000004
"""


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.splitlines())


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in a folder with a mapping."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(MAPPING)


def update(expect: str) -> tuple[int, str]:
    """Write a test file that expects something, update it, and give the exit code and what it expects then."""
    Path("shop.test.yaml").write_bytes((HEAD + expect).encode())
    code = main(["test", "--update"])
    written = Path("shop.test.yaml").read_bytes().decode()
    assert written.startswith(HEAD)
    if code == 0:
        assert main(["test", "--update"]) == 0
        assert Path("shop.test.yaml").read_bytes().decode() == written, "a second update has nothing to do"
    return code, written.removeprefix(HEAD)


def test_numbers_are_written_and_comments_stay(capsys: pytest.CaptureFixture[str]) -> None:
    expect = """\
      series:
        orders_total{shop="a"}:   5     # five?
        'orders_total{ shop = "b" }': {tolerance: 0.1, value: 3}   # three
        wait_seconds_sum{shop="a"}: 0.3
        wait_seconds_count{shop="a"}: 2
      skips: {wait_seconds: {missing: 0x5}}
      overflows:
        orders_total: 7
      events: {unmatched: 1, dropped: 0}
"""
    code, written = update(expect)
    assert code == 0
    wanted = expect.replace("  5  ", "  2  ").replace("value: 3", "value: 1").replace("0.3\n", "0.30000000000000004\n")
    wanted = wanted.replace("0x5", "1").replace(": 7", ": 0").replace("unmatched: 1", "unmatched: 0")
    assert written == wanted
    out = capsys.readouterr().out
    assert '-        orders_total{shop="a"}:   5     # five?\n' in out
    assert '+        orders_total{shop="a"}:   2     # five?\n' in out
    assert out.startswith("--- shop.test.yaml\n+++ shop.test.yaml\n@@ ")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('      exposition: ""\n', "      exposition: |\n{8}"),
        ('      exposition: ""   # all of it\n', "      exposition: |   # all of it\n{8}"),
        ("      exposition:   x\n", "      exposition:   |\n{8}"),
        ('      exposition: ""', "      exposition: |\n{8}"),
        ("      exposition: |\n        old\n", "      exposition: |\n{8}"),
        ("      exposition: |-   # all\n          old\n\n          older\n", "      exposition: |-   # all\n{8}"),
        ("      exposition: >\n        old\n", "      exposition: |\n{8}"),
        ("      exposition: |2\n        old\n", "      exposition: |\n{8}"),
        ("      exposition: |\n\n      # more\n", "      exposition: |\n{8}\n      # more\n"),
        ("      exposition: |\n        old\n\n\n# end\n", "      exposition: |\n{8}\n\n# end\n"),
        ("      exposition: |\n        old\n      only: false\n", "      exposition: |\n{8}      only: false\n"),
        ("      {exposition: ''}   # all\n", "      {exposition: {q}}   # all\n"),
        ("      exposition:\n        'x\n\n         y'\n", "      exposition:\n        {q}\n"),
    ],
)
def test_an_exposition_is_written_line_by_line_where_it_can_be(before: str, after: str) -> None:
    code, written = update(before)
    wanted = after.replace("{8}", indented(TEXT, 8)).replace("{q}", double_quoted(TEXT))
    assert (code, written.rstrip("\n")) == (0, wanted.rstrip("\n"))
    assert written.endswith("\n") or not before.endswith("\n")


def test_no_series_is_an_empty_text() -> None:
    tests = "version: 1\ntests:\n  one:\n    events: []\n    expect:\n      exposition: |\n        old\n      # more\n"
    Path("shop.test.yaml").write_text(tests)
    assert main(["test", "--update"]) == 0
    wanted = tests.replace("|\n        old\n", '""\n')
    assert Path("shop.test.yaml").read_text() == wanted


def test_ends_of_lines_and_a_byte_order_mark_stay() -> None:
    expect = '      series: {\'orders_total{shop="a"}\': 1}\n      exposition: ""\n'
    before = codecs.BOM_UTF8 + (HEAD + expect).replace("\n", "\r\n").encode()
    Path("shop.test.yaml").write_bytes(before)
    assert main(["test", "--update"]) == 0
    after = Path("shop.test.yaml").read_bytes()
    wanted = expect.replace(": 1}", ": 2}").replace('""\n', "|\n" + indented(TEXT, 8))
    assert after == codecs.BOM_UTF8 + (HEAD + wanted).replace("\n", "\r\n").encode()


def test_text_that_no_block_can_hold_is_quoted() -> None:
    Path("shop.test.yaml").write_text(
        'version: 1\ntests:\n  one:\n    events: [{type: function, record: {shop: "\\u2028\\uFFFE\\\\"}}]\n'
        '    expect:\n      exposition: ""\n'
    )
    assert main(["test", "--update"]) == 0
    assert "\\u2028\\ufffe" in Path("shop.test.yaml").read_text()


def test_a_file_of_its_own_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = update("      exposition: {file: shop.prom}\n")
    assert (code, Path("shop.prom").read_text()) == (0, TEXT)
    assert capsys.readouterr().out.startswith("--- /dev/null\n+++ shop.prom\n")
    Path("shop.prom").write_text("# TYPE old gauge\nold 1\n")
    assert update("      exposition: {file: shop.prom}\n")[0] == 0
    assert Path("shop.prom").read_text() == TEXT


def test_update_leaves_decisions_to_the_author(capsys: pytest.CaptureFixture[str]) -> None:
    expect = """\
      only: true
      series:
        orders_total{shop="a"}: 1
        orders_total{shop="c"}: 1
      absent: [wait_seconds]
      skips: {orders_total: {}, wait_seconds: {}}
"""
    code, written = update(expect)
    assert (code, written) == (1, expect.replace('"a"}: 1', '"a"}: 2'))
    out, err = capsys.readouterr()
    assert err == "telemap: 1 test cannot be updated automatically\n"
    for told in ("missing series", "not listed under 'series'", "unexpected series", "were skipped: missing"):
        assert told in out


def test_an_alias_stands_for_one_number_and_takes_no_two(capsys: pytest.CaptureFixture[str]) -> None:
    expect = """\
      series:
        orders_total{shop="a"}: &number 7
        orders_total{shop="b"}: *number
"""
    assert update(expect) == (1, expect)
    assert "cannot be updated" in capsys.readouterr().err


def test_only_the_tests_that_were_asked_for_are_updated() -> None:
    other = "  two:\n    events: []\n    expect: {exposition: old}\n"
    Path("shop.test.yaml").write_text(f'{HEAD}      exposition: ""\n{other}')
    assert main(["test", "--update", "--run", "one"]) == 0
    assert Path("shop.test.yaml").read_text() == f"{HEAD}      exposition: |\n{indented(TEXT, 8)}{other}"


def test_two_tests_that_want_one_file_to_differ_are_left_alone() -> None:
    other = "  two:\n    events: []\n    expect: {exposition: {file: shop.prom}}\n"
    Path("shop.test.yaml").write_text(f"{HEAD}      exposition: {{file: shop.prom}}\n{other}")
    assert main(["test", "--update"]) == 1
    assert not Path("shop.prom").exists()


def test_unwritable_file_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    Path("taken").write_text("")
    assert update("      exposition: {file: taken/shop.prom}\n")[0] == 1
    assert "cannot read taken/shop.prom: Not a directory" in capsys.readouterr().out


def test_nothing_is_written_when_all_is_well(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.test.yaml").write_text(f"{HEAD}      series: {{'orders_total{{shop=\"a\"}}': 2}}\n")
    before = Path("shop.test.yaml").stat().st_mtime_ns
    assert main(["test", "--update"]) == 0
    assert Path("shop.test.yaml").stat().st_mtime_ns == before
    assert capsys.readouterr().out == "shop.test.yaml: 1 passed\n1 test in 1 file: 1 passed\n"


def scalar(node: Node, *path: str) -> ScalarNode:
    for name in path:
        assert isinstance(node, MapNode)
        node = next(value for key, value in node.entries if key.text == name)
    assert isinstance(node, ScalarNode)
    return node


LINES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1), max_size=5)
OLD = st.sampled_from(
    ["''", '"x"', "x", "|\n        a\n        b", "|-\n        a\n\n\n", "''   # all", ">\n        a"]
)


@given(old=OLD, lines=LINES, after=st.sampled_from(["", "\n", "\n      # more\n", "\n      more: 1\n"]))
def test_any_text_is_read_as_it_was_written(old: str, lines: list[str], after: str) -> None:
    wanted = "".join(f"{line}\n" for line in lines if line.strip() == line)
    text = f"a: 1 # one\nexpect:\n      exposition: {old}{after}"
    span = scalar(parse_document(text.encode(), "t").root, "expect", "exposition").span
    changed = edited("t", text, [NewText(Place("t", span, ""), wanted)])
    read = parse_document(changed.encode(), "t").root
    assert scalar(read, "expect", "exposition").text.rstrip("\n") == wanted.rstrip("\n")
    assert scalar(read, "a").text == "1"
    assert changed.count("# one") == 1
    assert changed.count("# more") == after.count("# more")
    assert changed.count("# all") == old.count("# all")


@given(st.text(printable + "\x85\u2028\u2029\ufeff\ufffe\x7fé\U0001f600"))
def test_quoted_text_is_read_as_it_was(text: str) -> None:
    assert yaml.safe_load(double_quoted(text)) == text


@given(st.lists(st.integers(0, 10**6), min_size=3, max_size=3))
def test_numbers_are_changed_in_their_places(numbers: list[int]) -> None:
    text = "a: 1   # one\nb: {c: 22, d: 333}\n"
    root = parse_document(text.encode(), "t").root
    nodes = [scalar(root, "a"), scalar(root, "b", "c"), scalar(root, "b", "d")]
    changes = [NewNumber(Place("t", node.span, ""), str(number)) for node, number in zip(nodes, numbers, strict=True)]
    one, two, three = numbers
    assert edited("t", text, changes) == f"a: {one}   # one\nb: {{c: {two}, d: {three}}}\n"


def test_an_exposition_that_is_too_large_for_a_test_file_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    Path("shop.yaml").write_text(
        MAPPING.replace("from: function, labels", "from: function, series_limit: 2000, labels")
    )
    shops = [f"{number:04}{'x' * 1000}" for number in range(1100)]
    Path("shops.ndjson").write_text(
        "".join(f'{{"type": "function", "record": {{"shop": "{shop}"}}}}\n' for shop in shops)
    )
    tests = 'version: 1\ntests:\n  x:\n    events: shops.ndjson\n    expect:\n      exposition: ""\n'
    Path("shop.test.yaml").write_text(tests)
    assert main(["test", "--update"]) == 1
    assert Path("shop.test.yaml").read_text() == tests
    assert "1 test cannot be updated automatically" in capsys.readouterr().err


def test_an_anchored_exposition_is_left_to_its_author() -> None:
    expect = "      exposition: &all old\n"
    assert update(expect) == (1, expect)
