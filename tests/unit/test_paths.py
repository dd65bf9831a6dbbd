from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_ng.ext.parser import parse as parse_with_jsonpath_ng

import telemap
from telemap.path.jsonpath import SEVERAL, finder
from telemap.path import PathFault
from telemap.path.parse import looks_like_path, parse_path

NAMES = st.one_of(
    st.sampled_from(("a", "b", "with-hyphen", "_x9")), st.sampled_from(("two words", "with.dots", "0", "ä", "*", "$"))
)
STEPS = st.lists(st.one_of(NAMES, st.integers(-3, 3)), max_size=4)
DOCUMENTS = st.recursive(
    st.one_of(st.integers(0, 9), st.text("ab", max_size=2), st.none(), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@given(steps=STEPS, document=st.dictionaries(NAMES, DOCUMENTS, max_size=4), quoted=st.booleans())
def test_plain_paths_find_what_jsonpath_ng_finds(
    *, steps: list[str | int], document: dict[str, Any], quoted: bool
) -> None:
    text = _path(steps, quoted=quoted)
    assert parse_path(text).steps == tuple(steps)
    found = parse_with_jsonpath_ng(text).find(document)
    assert _compiled(text, document) == (found[0].value if found else None)


@given(STEPS, st.dictionaries(NAMES, DOCUMENTS, max_size=4))
def test_the_finder_of_jsonpath_ng_agrees_with_compiled_paths(steps: list[str | int], document: dict[str, Any]) -> None:
    text = _path(steps, quoted=True)
    assert finder(text)(document) == _compiled(text, document)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.type", ("type",)),
        ("$.a.b-c._d", ("a", "b-c", "_d")),
        ("$['a b'][\"c.d\"][0][-1]", ("a b", "c.d", 0, -1)),
        ("$.'two words'", ("two words",)),
        ("$.where", None),
    ],
)
def test_paths_of_names_and_indexes_are_plain(text: str, steps: tuple[str | int, ...] | None) -> None:
    if steps is None:
        with pytest.raises(PathFault):
            parse_path(text)
    else:
        assert parse_path(text).steps == steps


@pytest.mark.parametrize("text", ["$", "$.a", "$[0]", "$key", "$parent", ".", ".a", ".[0]", ".*"])
def test_what_looks_like_a_path(text: str) -> None:
    assert looks_like_path(text)


@pytest.mark.parametrize("text", ["", "a.b", "$5", "$a", "${env:A}", ".5", "..", "...", "._a", "*", " $.a"])
def test_what_is_a_literal(text: str) -> None:
    assert not looks_like_path(text)


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ([{"name": "a", "ms": 1}], 1),
        ([{"name": "b", "ms": 1}], None),
        ([{"name": "a", "ms": 1}, {"name": "a", "ms": 2}], SEVERAL),
        ("no list", None),
        (None, None),
        ([1, "a", None], None),
    ],
)
def test_a_filter_finds_one_node_or_none_or_says_that_there_are_several(spans: Any, found: Any) -> None:
    assert finder("$.spans[?(@.name=='a')].ms")({"spans": spans}) == found


@given(DOCUMENTS)
def test_no_document_makes_a_finder_raise(document: Any) -> None:
    for text in ("$.a[?(@.b > 1)].a", "$.a.`len`", "$.a.`sub(/a/, b)`", "$.a + $.b", "$.a.`split(., 0, -1)`"):
        finder(text)({"a": document, "b": document})


def _path(steps: list[str | int], *, quoted: bool) -> str:
    parts = []
    for step in steps:
        plain = isinstance(step, str) and step.replace("-", "").replace("_", "").isascii() and step[0] in "ab_w"
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif plain and not quoted and " " not in step and "." not in step:
            parts.append(f".{step}")
        else:
            parts.append(f"['{step}']")
    return "$" + "".join(parts)


def _compiled(text: str, document: dict[str, Any]) -> Any:
    """Give what generated code reads: the argument with which it calls the code for unfit values."""
    mapping = telemap.loads(
        'version: 1\nmetrics: {probe: {type: gauge, help: "-", from: x, value: %s}}' % _quoted(text)  # noqa: UP031
    )
    plan = telemap.compile(mapping)
    seen: list[Any] = []
    cells: dict[tuple[str, ...], list[float]] = {(): _Probe(seen)}
    family = (cells, None, lambda: None, lambda value, _: seen.append(value), None)
    (handler,) = plan.bind(plan.constants, (), (), [family])
    handler(document)
    return seen[0] if seen else None


class _Probe(list[float]):
    """A cell that tells what was put into it."""

    def __init__(self, seen: list[Any]) -> None:
        super().__init__([0.0])
        self._seen = seen

    def __setitem__(self, _: Any, value: Any) -> None:
        self._seen.append(value)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
