"""Whatever a mapping file holds, loading it ends soon, in a `MappingError` that says where."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import yaml

import telemap
from telemap.document import loader

if TYPE_CHECKING:
    from pathlib import Path

    from telemap import Problem

LEVELS = 100_000
MEBIBYTE = 1024 * 1024

BLOCK_LEVELS = "\n".join(" " * level + "a:" for level in range(200))
ALIAS_BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 12)
)

MAPPING = b"version: 1\nmetrics:\n  load:\n    type: gauge\n    help: Load.\n    from: function\n    value: 1\n"
ENDLESS_BUCKETS = b"    buckets: {exponential: {start: 1, factor: 1.0000001, count: 1000000000}}\n"
MANY_LABELS = (
    f"version: 1\ndefaults: {{labels: {{{', '.join(f'l{number}: a' for number in range(2_000))}}}}}\n"
    "metrics: {load: {type: gauge, help: Load., sources: ["
    + ", ".join(["{from: function, value: 1}"] * 1_000)
    + "]}}\n"
)
ENDLESS_SERIES = """\
version: 1
metrics:
  load_total:
    type: counter
    help: Load.
    from: function
    init: all
    series_limit: 1e300
    labels:
""" + "".join(f"      l{number}: {{path: $.record.a, allow: [a, b, c, d, e]}}\n" for number in range(100))

MANY_SERIES = "version: 1\nmetrics:\n" + "".join(
    f"""\
  load{number}_total:
    type: counter
    help: Load.
    from: function
    init: all
    series_limit: 100000
    labels: {{{", ".join(f"l{label}: {{exists: $.record.a}}" for label in range(16))}}}
"""
    for number in range(40)
)

WORDS = ["|".join(f"{number}w{word}" for word in range(1_300)) for number in range(15)]
MANY_WORDS = f"    when: [{', '.join(f'{{path: $.record, matches: {words}}}' for words in WORDS)}]\n"

HOSTILE = {
    "UTF-16": ("version: 1".encode("utf-16"), "not-utf-8", 1),
    "Latin-1": ("# Grüße".encode("latin-1"), "not-utf-8", 1),
    "half a character": (b"# \xe2\x82", "not-utf-8", 1),
    "a surrogate": (b"# \xed\xa0\x80", "not-utf-8", 1),
    "flow lists": (b"[" * LEVELS, "too-deep", 1),
    "flow maps": (b"{a: " * LEVELS, "too-deep", 1),
    "block lists in a line": (b"- " * LEVELS, "too-deep", 1),
    "block maps": (BLOCK_LEVELS.encode(), "too-deep", 65),
    "keys of keys": (b"? " * LEVELS, "too-deep", 1),
    "alias bomb": (ALIAS_BOMB.encode(), "too-many-nodes", 5),
    "aliases": (b"a: &a x\nb: [" + b"*a, " * 500 + b"]\n", "too-many-nodes", 2),
    "alias of itself": (b"a: &a [*a]\n", "yaml-syntax", 1),
    "many items": (b"- a\n" * 20_000, "too-many-nodes", 10_001),
    "many keys": (b"".join(b"k%d: 1\n" % number for number in range(20_000)), "too-many-nodes", 10_001),
    "tabs": (b"version: 1\n\tmetrics: {}\n", "yaml-syntax", 2),
    "a tab after a key": (b"version: 1\nmetrics:\t{}\n", "yaml-syntax", 2),
    "a tab in a list": (b"version: 1\ndrop: [{from: [function,\textension]}]\n", "yaml-syntax", 2),
    "open quotes": (b'a: "' + b"x" * 100_000, "yaml-syntax", 1),
    "carriage returns": (b"version: 1\rmetrics: {}\rversion: 1\r", "duplicate-key", 3),
    "duplicate keys": (b"version: 1\r\nmetrics: {}\r\nmetrics: {}\r\n", "duplicate-key", 3),
    "a NUL": (b"version: 1\nmetrics: {\0}\n", "forbidden-character", 2),
    "an escape character": (b"version: 1\nmetrics: {\x1b[31m}\n", "forbidden-character", 2),
    "tags": (b"version: 1\nmetrics: !!python/object/apply:os.system [id]\n", "yaml-feature", 2),
    "an astronomic escape": (b'version: "\\UFFFFFFFF"\n', "yaml-syntax", 1),
    "a directive of many digits": (b"%YAML 1." + b"9" * 5000 + b"\n---\n", "yaml-syntax", 1),
    "an unknown version of YAML": (b"%YAML 3.0\n---\nversion: 1\n", "yaml-syntax", 1),
    "an infinite version": (b"version: .inf\nmetrics: {}\n", "wrong-value", 1),
    "a list": (b"- version: 1\n", "wrong-type", 1),
    "tests in tests": (MAPPING + b"    when: [" + b"{any: [" * 5_000, "too-deep", 8),
    "a test of many levels": (MAPPING + b"    when: [" + b"{not: " * 50 + b"{}" + b"}" * 50 + b"]\n", "missing-key", 8),
    "a key of nearly a mebibyte": (
        b"version: 1\nmetrics: {}\n? " + b"x" * (MEBIBYTE - 40) + b"\n: 1\n",
        "unknown-key",
        3,
    ),
    "words of nearly a mebibyte": (
        MAPPING + b"    op: &a " + b"x" * (MEBIBYTE - 200) + b"\n    parse: *a\n",
        "wrong-value",
        8,
    ),
    "many unknown keys": (b"version: 1\n" + b"".join(b"metrcs%d: 1\n" % n for n in range(4_900)), "unknown-key", 2),
    "many inherited labels": (MANY_LABELS.encode(), "too-many-labels", 3),
    "a path of many filters": (MAPPING + b"    labels: {a: '$.a" + b"[?(@.b==1)]" * 5_000 + b"'}\n", "path-syntax", 8),
    "a regex of many groups": (MAPPING + b"    parse: {regex: '" + b"(" * 50_000 + b"'}\n", "regex-syntax", 8),
    "a regex that repeats without end": (MAPPING + b"    parse: {regex: 'a{99999999999999}'}\n", "regex-syntax", 8),
    "buckets without end": (MAPPING.replace(b"gauge", b"histogram") + ENDLESS_BUCKETS, "wrong-value", 8),
    "combinations without end": (ENDLESS_SERIES.encode(), "init-limit", 7),
    "many series of many families": (MANY_SERIES.encode(), "init-limit", 14),
    "a regex of many words": (
        MAPPING + b"    parse: {regex: '" + b"|".join([b"w"] * 100_000) + b"'}\n",
        "regex-syntax",
        8,
    ),
    "regexes of many words": (MAPPING + MANY_WORDS.encode(), "too-complex", 8),
    "each in each": (MAPPING + b"    each: [" + b"$.a, " * 5_000 + b"]\n", "wrong-value", 8),
    "a limit that is no integer of C": (MAPPING + b"    series_limit: 1" + b"0" * 400 + b"\n", "wrong-type", 8),
    "an expiry of many digits": (MAPPING + b"    expire: " + b"9" * 5_000 + b"s\n", "wrong-value", 8),
    "a scalar of nearly a mebibyte": (b"x" * (MEBIBYTE - 1), "wrong-type", 1),
    "a line of nearly a mebibyte": (b"metrics: {}\nversion: " + b"1" * (MEBIBYTE - 30), "wrong-value", 2),
}
WITHOUT_PLACE = {
    "nothing": (b"", "empty-file"),
    "a byte order mark": (b"\xef\xbb\xbf", "empty-file"),
    "white space": (b" \n\n   \n", "empty-file"),
    "comments": (b"# version: 1\n" * 1000, "empty-file"),
    "a mebibyte and a byte": (b"#" * (MEBIBYTE + 1), "file-too-large"),
    "a mebibyte of comment": (b"#" * MEBIBYTE, "empty-file"),
}


@pytest.fixture(params=[yaml.CLoader, yaml.Loader], ids=["libyaml", "pure Python"], autouse=True)
def _parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each test run with both of PyYAML's parsers: libyaml's is not everywhere."""
    monkeypatch.setattr(loader, "YAML_LOADER", request.param)


@pytest.mark.parametrize("what", HOSTILE)
def test_an_untrusted_file_is_refused_with_its_place(what: str) -> None:
    content, code, line = HOSTILE[what]
    problem = problems(content)[0]
    assert problem.place is not None
    assert (problem.code, problem.place.span.line) == (code, line)


@pytest.mark.parametrize("what", WITHOUT_PLACE)
def test_a_file_that_says_nothing_is_refused_as_a_whole(what: str) -> None:
    content, code = WITHOUT_PLACE[what]
    (problem,) = problems(content)
    assert (problem.code, problem.place) == (code, None)


def test_a_large_mapping_of_nothing_but_sound_paths_and_regexes_is_read_soon() -> None:
    labels = "".join(
        f"      l{number}: {{path: \"$.record.a{number}[?(@.b == 'c')].d\", extract: '([a-z]+){number}'}}\n"
        for number in range(500)
    )
    started = time.thread_time()
    telemap.compile(telemap.loads(MAPPING + b"    labels:\n" + labels.encode()))
    assert time.thread_time() - started < 20


VALUES = ", ".join(f"v{one}" for one in range(4_900))
MANY_VALUES = (
    f"  l{{number}}: {{{{type: gauge, help: L., from: a, value: 1, when: [{{{{path: $.a, in: [{VALUES}]}}}}]}}}}\n"
)
TOO_DEEP = f"  l{{number}}: {'[' * 100}\n"


@pytest.mark.parametrize(
    ("files", "text", "message"),
    [
        (10, MANY_VALUES, "with 'f4.yaml', all files together have more than 20,000 nodes or 2,097,152 characters"),
        (10, TOO_DEEP, "cannot include 'f4.yaml'; after 5 unreadable files, the others are not checked"),
        (9_000, None, "with 'f64.yaml', there are more than 64 included mappings"),
    ],
    ids=["nodes", "broken files", "files"],
)
def test_all_files_together_are_bounded(files: int, text: str | None, message: str, tmp_path: Path) -> None:
    for number in range(files if text else 0):
        (tmp_path / f"f{number}.yaml").write_text(f"version: 1\nmetrics:\n{(text or '').format(number=number)}")
    (tmp_path / "mapping.yaml").write_text(f"version: 1\ninclude: [{', '.join(f'f{n}.yaml' for n in range(files))}]\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(tmp_path / "mapping.yaml")
    last = raised.value.problems[-1]
    assert (last.code, last.message) == ("include-broken", message)
    assert last.place is not None


def test_the_text_of_all_files_is_bounded(tmp_path: Path) -> None:
    comment = f"#{'-' * 98}\n" * 10_000
    for name in "abc":
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\nmetrics: {{}}\n{comment}")
    (tmp_path / "mapping.yaml").write_text("version: 1\ninclude: [a.yaml, b.yaml, c.yaml]\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(tmp_path / "mapping.yaml")
    assert [problem.code for problem in raised.value.problems] == ["include-broken"]


def test_labels_of_all_files_are_bounded_together(tmp_path: Path) -> None:
    for name in "abc":
        labels = ", ".join(f"l{number}: a" for number in range(100))
        sources = ", ".join(["{from: function, value: 1}"] * 40)
        text = f"metrics: {{{name}: {{type: gauge, help: L., sources: [{sources}]}}}}"
        (tmp_path / f"{name}.yaml").write_text(f"version: 1\ndefaults: {{labels: {{{labels}}}}}\n{text}\n")
    (tmp_path / "mapping.yaml").write_text("version: 1\ninclude: [a.yaml, b.yaml, c.yaml]\n")
    with pytest.raises(telemap.MappingError) as raised:
        telemap.load(tmp_path / "mapping.yaml")
    assert [problem.code for problem in raised.value.problems] == ["too-many-labels"]


def test_a_byte_is_named_where_it_stands_behind_a_byte_order_mark() -> None:
    (problem,) = problems(b"\xef\xbb\xbfversion: 1\n\xff")
    assert (str(problem.place), problem.message) == ("<text>:2:1", "byte 0xff is not UTF-8")


def test_line_ends_of_every_kind_count_lines() -> None:
    (problem,) = problems(b"version: 1\r\n\rmetrics: {}\nx: 1\n")
    assert str(problem.place) == "<text>:4:1"


def problems(content: bytes) -> tuple[Problem, ...]:
    with pytest.raises(telemap.MappingError) as raised:
        telemap.loads(content)
    return raised.value.problems
