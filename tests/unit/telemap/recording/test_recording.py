from __future__ import annotations

import gzip
import io
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import EVENTS, LINES, events_of, pouring, until_fault

from telemap.errors import DecodeError
from telemap.json_extent import MAX_VALUES
from telemap.recording import BrokenError, DamagedError, EventReader
from telemap.recording.value import MAX_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Callable

NO_NAME = "Expecting property name enclosed in double quotes"


def read_through(content: str | bytes) -> tuple[list[Any], list[str]]:
    """Read, passing over what is bad; give the events, and what was said."""
    said: list[str] = []
    content = content if isinstance(content, bytes) else content.encode()
    events: list[Any] = []
    try:
        events.extend(EventReader(io.BytesIO(content).read, on_bad=said.append))
    except DamagedError as error:  # nothing passes over that
        said.append(str(error))
    return events, said


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(EVENTS),
        json.dumps(EVENTS, indent=2),
        LINES,
        LINES.rstrip("\n"),
        LINES.replace("\n", "\r\n\r\n"),
        "\ufeff" + LINES,
        "".join(json.dumps(event, indent=4) + "\n" for event in EVENTS),
        "".join(map(json.dumps, EVENTS)),
        f"{json.dumps(EVENTS[:2])}\n[]\n{json.dumps(EVENTS[2:])}\n",
        f"\ufeff{json.dumps(EVENTS[:2])}\n\ufeff{json.dumps(EVENTS[2:])}",
        f"{json.dumps(EVENTS[0])}\n{json.dumps(EVENTS[1:])}",
    ],
    ids=[
        "an array",
        "an array over lines",
        "an event a line",
        "no line feed at the end",
        "CRLF and empty lines",
        "a byte order mark",
        "events over lines",
        "events without anything between",
        "an array a line, one a post",
        "files joined, each with its byte order mark",
        "an event, then an array",
    ],
)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_recording_has_many_forms(content: str, pack: Callable[[bytes], bytes]) -> None:
    assert events_of(pack(content.encode())) == EVENTS


@pytest.mark.parametrize("content", ["", " \n\n", "[]", "[\n]\n[]", "\ufeff", gzip.compress(b"", mtime=0)])
def test_a_recording_may_have_no_events(content: str | bytes) -> None:
    assert events_of(content) == []


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(
    events=st.lists(JSON_VALUES.filter(lambda value: type(value) is not list), max_size=6),
    form=st.sampled_from(["array", "indented array", "lines", "ASCII lines", "indented"]),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    packed=st.booleans(),
)
def test_however_a_recording_comes_in_pieces_its_events_are_whole(
    events: list[Any], form: str, sizes: list[int], *, packed: bool
) -> None:
    """Numbers are cut between digits, words between letters, text within characters and escapes."""
    if "array" in form:
        text = json.dumps(events, indent=1 if "indented" in form else None)
    else:
        ascii_only, indent = "ASCII" in form, 1 if form == "indented" else None
        text = "\n".join(json.dumps(event, ensure_ascii=ascii_only, indent=indent) for event in events)
    content = text.encode()
    reader = EventReader(pouring(gzip.compress(content) if packed else content, sizes))
    assert list(reader) == events
    assert reader.count == len(events)


@given(content=st.binary(max_size=60), begin=st.sampled_from(["", "[", "{", '[{"a":', "\x1f\x8b\x08", '"']))
def test_any_bytes_are_events_or_a_fault_and_reading_ends(content: bytes, begin: str) -> None:
    whole = begin.encode("latin-1") + content
    _, said = read_through(whole)
    if not said:
        assert events_of(whole) == read_through(whole)[0]
        return
    _, fault = until_fault(whole)
    assert fault == said[0]


@given(
    tokens=st.lists(
        st.sampled_from([*'[]{},:\n"\\', '"a"', '{"n": 1}', "1", "-", "1e", "true", "tru", " ", "\\u12", "\u20ac"])
    ),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8),
)
def test_what_is_found_and_said_does_not_depend_on_the_pieces(tokens: list[str], sizes: list[int]) -> None:
    content = "".join(tokens).encode()
    said: list[str] = []
    events = list(EventReader(pouring(content, sizes), on_bad=said.append))
    found, told = read_through(content)
    assert events == found
    assert [words.split(" at '")[0] for words in said] == [words.split(" at '")[0] for words in told]


@given(cut=st.integers(0, len(LINES) - 1), packed=st.booleans())
def test_events_before_truncation_are_read(cut: int, *, packed: bool) -> None:
    """A process that crashes leaves a recording like this."""
    text = LINES[:cut]
    complete = text.count("}}")
    content = gzip.compress(LINES.encode())[: -len(LINES) + cut] if packed else text.encode()
    events, said = read_through(content)
    if packed:
        assert events == EVENTS[: len(events)]
        assert said == [] or "truncated" in said[-1]
    else:
        assert events == EVENTS[:complete]
        assert len(said) == (text.rpartition("}}")[2].strip("\n") != "")


@pytest.mark.parametrize(
    ("content", "before", "said"),
    [
        ("{", 0, "line 1: the recording is truncated within the event that begins here"),
        (LINES + '{"type": "x', 5, "line 6: the recording is truncated within the event that begins here"),
        ("[1,\n2", 2, "line 2: the recording is truncated within the array that begins at line 1"),
        (LINES + "no json\n", 5, "line 6: not JSON: Expecting value at 'no json'"),
        ("[1, 2 3]", 2, "line 1: not JSON: Expecting ',' or ']' at '[1, 2 3]'"),
        ("[1,]", 1, "line 1: not JSON: Expecting value at '[1,]'"),
        ("1]", 1, "line 1: not JSON: Expecting value at '1]'"),
        ("version: 1\nmetrics: {}\n", 0, "line 1: not JSON: Expecting value at 'version: 1'"),
        ('{"a": "b\n{"a": "c"}', 0, 'line 1: not JSON: Invalid control character at \'{"a": "b\''),
        (
            '1\n{"a": {\n{"a": "c"}',
            1,
            f'line 3: not JSON: {NO_NAME} at \'{{"a": "c"}}\', in the event that begins at line 2',
        ),
        ('{"a": \x1b[2J}', 0, "line 1: not JSON: Expecting value at '{\"a\": \\x1b[2J}'"),
        ("1\n\x0c{}", 1, "line 2: not JSON: Expecting value at '\\x0c{}'"),
        ("\u2028{}", 0, "line 1: not JSON: Expecting value at '\\u2028{}'"),
        ("[1,\xa02]", 1, "line 1: not JSON: Expecting value at '[1,\\xa02]'"),
        ("{},\n{}", 1, "line 1: not JSON: Expecting a line end between events, not a comma, at '{},'"),
        ("[" * 100_000, 0, f"line 1: not JSON: nested too deep at '{'[' * 31}'"),
    ],
)
def test_a_fault_is_told_with_its_line_and_what_stands_there(content: str, before: int, said: str) -> None:
    events, fault = until_fault(content.encode())
    assert (len(events), fault) == (before, said)
    assert read_through(content)[1][0] == said


@pytest.mark.parametrize(
    ("content", "events", "bad_lines"),
    [
        ('{"n": 1}\nbad\n{"n": 2}\n', [1, 2], 1),
        ('{"n": 1}\n{"n": "cut\n{"n": 2}\n', [1, 2], 1),
        ('{"n": 1}\n{"n": {"cut":\n{"n": 2}\n', [1, 2], 1),
        ('[{"n": 1}]\n[{"n": 2}, bad]\n[{"n": 3}]\n', [1, 2, 3], 1),
        ('[{"n": 1}\n[{"n": 2}]\n', [1, 2], 1),
        ('[\n{"n": 1},\n{"n" 2},\n{"n": 3}\n]\n', [1, 3], 1),
        ('[\n{"n": 1}\n{"n": 2}\n]\n', [1, 2], 1),
        ('{\n  "n": 1\n}\n{\n  "n" 2\n}\n{\n  "n": 3\n}\n', [1, 3], 1),
        ('bad\nbad\n{"n": 1}\nbad', [1], 2),
        ('{"n": 1}\n{"n":', [1], 1),
        ("bad", [], 1),
    ],
)
def test_bad_lines_can_be_skipped(content: str, events: list[int], bad_lines: int) -> None:
    found, said = read_through(content)
    assert [event["n"] for event in found] == events
    assert len(said) == bad_lines


def test_an_event_may_be_large_but_not_of_any_size() -> None:
    large = {"type": "function", "record": "x" * (3 * 1024 * 1024)}
    assert events_of(json.dumps(large) + "\n1\n") == [large, 1]
    endless = b'1\n{"record": "' + b"x" * (2 * MAX_CHARACTERS) + b'"}\n2\n{"n": 3}\n'
    events, said = read_through(endless)
    assert events == [1, {"n": 3}]
    assert said == ["line 2: an event of more than 16 MiB; Lambda sends none so large"]


@pytest.mark.parametrize("form", ["{}\n", "[{}]", "[1, {}, 2]", "[\n{}\n,\n1]"])
def test_for_an_event_of_too_many_values_there_is_none(form: str) -> None:
    """As in the extension, which leaves such an event out."""
    bomb = {"type": "function", "record": [[]] * (MAX_VALUES + 1)}
    most = {"type": "function", "record": [[]] * (MAX_VALUES // 2 - 10)}
    content = form.format(json.dumps(bomb)) + "\n" + json.dumps(most) + '\n{"n": 3}'
    inner = {"[1, {}, 2]": [1, None, 2], "[\n{}\n,\n1]": [None, 1]}.get(form, [None])
    assert events_of(content) == [*inner, most, {"n": 3}]


def test_a_fault_behind_an_event_of_too_many_values_has_its_line() -> None:
    bomb = json.dumps({"record": [[]] * (MAX_VALUES + 1)}, indent=0)
    events, said = until_fault((bomb + "\nbad").encode())
    assert events == [None]
    assert said == f"line {bomb.count(chr(10)) + 2}: not JSON: Expecting value at 'bad'"
    _, said = until_fault(("1\n" + bomb[:-1]).encode())
    assert said == "line 2: the recording is truncated within the event that begins here"


@given(
    values=st.lists(JSON_VALUES.filter(lambda value: type(value) is not list), min_size=1, max_size=6),
    between=st.sampled_from([",", ", ", ",\n", "\n", "\n\n", "\r\n", " "]),
    fault=st.sampled_from(["", "x", ",", "}", "]", '"', "1 2", "{"]),
)
def test_many_values_are_found_as_few_are(values: list[Any], between: str, fault: str) -> None:
    """Those that are decoded at once, and those one by one, of which at most a few bytes are read at a time."""
    text = between.join([json.dumps(value) for value in values] * 120 + [fault])
    content = (f"[{text}]" if "," in between else text).encode()
    found, said = read_through(content)
    slow: list[str] = []
    events = list(EventReader(pouring(content, [200]), on_bad=slow.append))
    assert (events, len(slow)) == (found, len(said))


@given(
    values=st.lists(JSON_VALUES.filter(lambda value: type(value) is not list), min_size=1, max_size=6),
    between=st.sampled_from([",", ", ", ",\n", "\n", "\n\n", "\r\n", " "]),
    sizes=st.lists(st.integers(1, 200), min_size=1, max_size=4),
    is_cut=st.booleans(),
)
def test_begin_and_end_of_each_event_are_kept_on_request(
    values: list[Any], between: str, sizes: list[int], *, is_cut: bool
) -> None:
    text = (
        between.join(json.dumps(value, ensure_ascii=False) for value in values * 60) + between * is_cut + "{" * is_cut
    )
    text = f"[{text}]" if "," in between else text
    content = text.encode(errors="replace")
    text = content.decode()
    reader = EventReader(pouring(content, sizes) if len(sizes) > 1 else io.BytesIO(content).read, keep_spans=True)
    events: list[Any] = []
    with suppress(DecodeError):
        events.extend(reader)
    assert reader.spans is not None
    spans = reader.spans[: len(events)]
    assert [json.loads(text[begin:end]) for begin, end in spans] == events
    assert events == events_of(content) if not is_cut else len(events) >= len(values) * 60 - 1


@pytest.mark.parametrize(
    ("content", "line", "position"),
    [
        ('1\n{"a": oops}', 2, 8),
        ("1\n\x0c2", 2, 2),
        ("1\n\u20282", 2, 2),
        ('1\n\n{"a":', 3, 3),
        ("[1,\n2 3]", 2, 6),
        ("[1,\n2", 2, 5),
    ],
)
def test_a_fault_has_its_line_and_its_position(content: str, line: int, position: int) -> None:
    with pytest.raises(BrokenError) as fault:
        list(EventReader(io.BytesIO(content.encode()).read))
    assert (fault.value.line, fault.value.position) == (line, position)


def test_a_number_of_any_length_is_no_bomb() -> None:
    assert until_fault(b"1" * 500_000)[1].startswith("line 1: not JSON: a number of more than 65,536 characters")


def test_numbers_of_any_length_do_not_lose_the_recording() -> None:
    assert events_of(f'{{"n": {"9" * 5000}}}\n{"8" * 5000}\n{{"n": 2}}') == [
        {"n": float("inf")},
        float("inf"),
        {"n": 2},
    ]


def test_bytes_that_are_no_utf_8_become_the_replacement_character() -> None:
    assert events_of(b'{"record": "a\xffb"}') == [{"record": "a\ufffdb"}]


def test_a_batch_is_about_what_lambda_posts_at_once() -> None:
    small = EventReader(io.BytesIO(b"1\n" * 2500).read)
    assert [len(batch) for batch in small.batches()] == [1000, 1000, 500]
    large = json.dumps({"record": "x" * 100_000}) + "\n"
    assert [len(batch) for batch in EventReader(io.BytesIO(large.encode() * 7).read).batches()] == [3, 3, 1]


def test_a_disk_that_fails_is_a_fault_of_the_recording() -> None:
    def read(_: int) -> bytes:
        raise OSError(5, "Input/output error")

    with pytest.raises(DecodeError, match=r"^read error: Input/output error$"):
        list(EventReader(read))
