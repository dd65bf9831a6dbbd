from __future__ import annotations

import random
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from examples import rounds
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_ng import Fields, Index
from jsonpath_ng.ext.parser import parse as parse_with_jsonpath_ng

from telemap.compiler.code import CodeBuilder
from telemap.compiler.constant_pool import ConstantPool
from telemap.compiler.path_code import EventReads, ItemReads
from telemap.path import SEVERAL, PathFault
from telemap.path.finding import make_every_finder, make_finder
from telemap.path.jsonpath import finder
from telemap.path.parse import Wanted, looks_like_path, parse_path
from telemap.path.selectors import read_selectors
from telemap.runtime.nodes import members
from telemap.runtime.regexes import RegexBudget

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = st.recursive(
    st.one_of(st.integers(0, 9), st.text("ab", max_size=2), st.none(), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(("a", "b", "c")), inner, max_size=4)
    ),
    max_leaves=12,
)

PATHS, DOCUMENTS_A_PATH = rounds(600), 60
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
LITERALS = ("1", "1.5", "-2", "0", "'a'", '"b"', "''", "true", "false", "null")
NAMES = ("a", "a", "b", "b", "with-hyphen", "two words", "with.dots", "0", "\xe4", "*", "$")


def test_compiled_paths_find_what_jsonpath_ng_finds() -> None:
    """Compare thousands of pairs of a path and a document: nodes, their order, their keys."""
    rng = random.Random(20_260_101)  # noqa: S311 - no secrets
    documents = [{"a": _document(rng, 4), "b": _document(rng, 3), "e": None} for _ in range(300)]
    hits = 0
    for _ in range(PATHS):
        text = _path(rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            find = parse_with_jsonpath_ng(text).find
        read = _compiled(text)
        for document in rng.sample(documents, DOCUMENTS_A_PATH):
            found = find(document)
            hits += bool(found)
            assert read(document) == _expected(found), (text, document)
    assert hits > PATHS * DOCUMENTS_A_PATH // 10


def test_compiled_paths_from_an_item_find_what_paths_from_the_event_find() -> None:
    rng = random.Random(7)  # noqa: S311 - no secrets
    for _ in range(rounds(200)):
        text = _path(rng)
        if text.startswith("$.."):
            continue  # an item's path begins with '.' and a name, '.[' or '.*'
        from_event, from_item = _compiled(text), _compiled(text[1:] if text[1:2] == "." else f".{text[1:]}", depth=1)
        for _ in range(20):
            document = {"a": _document(rng, 3), "b": _document(rng, 3)}
            assert from_item(document) == from_event(document), (text, document)


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
    for make in (make_finder, finder):
        assert make("$.spans[?(@.name=='a')].ms", RegexBudget().bounded)({"spans": spans}) == found


@pytest.mark.parametrize(
    "query",
    [
        "$.record.spans[?(@.name == 'responseLatency')].durationMs",
        "$.record.metrics.*",
        "$..durationMs",
        "$.record['a','b'][0,-1][1:]",
        "$.record[?@['two words'].with-hyphen[0] >= -1.5]",
        "$.record[?(@.spans)]",
    ],
)
def test_paths_as_they_are_mostly_written_need_no_jsonpath_ng(query: str) -> None:
    assert read_selectors(query) is not None


@pytest.mark.parametrize(
    "query",
    [
        "$.where",
        "$.a where b",
        "$.a[?(@.b =~ 'x')]",
        "$.a[?(@.b == 1 & @.c == 2)]",
        "$.a[?(@.b == null)]",
        "$.a[?(@.true == 1)]",
        "$.a[?(@ == 1)]",
        "$.a[?(@.b == 'it\\'s')]",
        "$.a[::2]",
        "$.a.`len`",
        "$.a[/b]",
        "$.`parent`",
        "$.a[01:x]",
        "$.a.",
        "$.a[?(@.b == 1]",
        "$.a[?@.b == 1)]",
    ],
)
def test_all_other_paths_are_left_to_jsonpath_ng(query: str) -> None:
    assert read_selectors(query) is None


@given(DOCUMENTS)
def test_no_document_makes_a_finder_raise(document: Any) -> None:
    for text in ("$.a[?(@.b > 1)].a", "$.a.`len`", "$.a.`sub(/a/, b)`", "$.a + $.b", "$.a.`split(., 0, -1)`"):
        finder(text, RegexBudget().bounded)({"a": document, "b": document})


@pytest.mark.parametrize("text", ["$.a[?(@.b =~ '(')]", "$.a[?(@.b =~ 5)]", "$.a.`sub(/(/, x)`"])
def test_a_regex_that_is_none_is_found_when_the_path_is_read(text: str) -> None:
    with pytest.raises(PathFault):
        parse_path(text, wanted=Wanted.ANY)


def test_a_replacement_that_names_no_group_finds_nothing() -> None:
    assert finder("$.a.`sub(/b/, \\\\9)`", RegexBudget().bounded)({"a": "b"}) is None


def _document(rng: random.Random, depth: int) -> Any:
    """Draw a JSON value with the names that paths look for."""
    kind = rng.randrange(8) if depth else 8
    if kind < 3:
        return {rng.choice(NAMES): _document(rng, depth - 1) for _ in range(rng.randrange(5))}
    if kind < 6:
        return [_document(rng, depth - 1) for _ in range(rng.randrange(5))]
    return rng.choice((0, 1, 2, 3, 1.5, "a", "b", "", None, None, True, False))


def _path(rng: random.Random) -> str:
    """Draw a path of the dialect: mostly names, and each of the other steps."""
    text = "$" + rng.choice((".a", ".b", "['a']", "..a", ".e", ""))
    for _ in range(rng.randrange(4)):
        text += rng.choice(
            (
                ".a",
                ".b",
                ".with-hyphen",
                f"['{rng.choice(NAMES)}']",
                f'["{rng.choice(NAMES)}"]',
                f"[{rng.randrange(-3, 4)}]",
                "[*]",
                ".*",
                "..b",
                "..*",
                f"[{rng.randrange(3)}:{rng.randrange(4)}]",
                f"[{rng.randrange(-2, 2)}:]",
                f"[:{rng.randrange(-2, 2)}]",
                f"['{rng.choice(NAMES)}',\"{rng.choice(NAMES)}\"]",
                f"[{rng.randrange(-3, 3)},{rng.randrange(-3, 3)}]",
                f"[?(@.{rng.choice('ab')} {rng.choice(OPERATORS)} {rng.choice(LITERALS)})]",
                f"[?@['{rng.choice(NAMES)}'][{rng.randrange(-2, 2)}]{rng.choice(OPERATORS)}{rng.choice(LITERALS)}]",
                f"[?(@.{rng.choice('ab')})]",
                f"[?(@.a {rng.choice(OPERATORS)} {rng.choice(LITERALS)} & @.b)]",
            )
        )
    return text


def _expected(found: list[Any]) -> tuple[Any, list[tuple[Any, Any]], bool]:
    """Return jsonpath-ng's nodes as the one node, as all that are not null with their keys, and as existence."""
    values = [datum.value for datum in found if datum.value is not None]
    one = None if not values else values[0] if len(values) == 1 else SEVERAL
    every = [(_key(datum), datum.value) for datum in found if datum.value is not None]
    return one, every, bool(every)


def _key(datum: Any) -> str | int:
    if isinstance(datum.path, Index):
        index = int(datum.path.indices[0])
        return index if index >= 0 else len(datum.context.value) + index
    return str(datum.path.fields[0]) if isinstance(datum.path, Fields) else ""


def _compiled(text: str, depth: int = 0) -> Callable[[Any], tuple[Any, list[tuple[Any, Any]], bool]]:
    """Compile the three ways of reading a path, as sources do."""
    path = parse_path(text, depth=depth, wanted=Wanted.ANY)
    pool, code = ConstantPool(), CodeBuilder()
    reads = ItemReads(pool, code, EventReads(pool, code), None)
    reads.depth = depth
    several = path.every or _can_be_several(text, depth)
    one = "None" if several else reads.node(path)
    code.add(f"return {one}, list({reads.every(path)}), {reads.exists(path)}")
    bounded, needs = RegexBudget().bounded, pool.needs()
    namespace: dict[str, Any] = {
        "members": members,
        "nothing": {},
        "constants": needs.constants,
        "finders": [make_finder(query, bounded) for query in needs.finders],
        "every": [make_every_finder(query, bounded) for query in needs.every],
    }
    lines = [*pool.unpack(), f"def read({'item1' if depth else 'event'}):", *(f"    {line}" for line in code.lines)]
    exec("\n".join(lines), namespace)  # noqa: S102 - our own code
    read = namespace["read"]
    if not several:
        return read  # type: ignore[no-any-return]

    def read_several(document: Any) -> tuple[Any, list[tuple[Any, Any]], bool]:
        # Where the language wants one node it refuses such a path: there is nothing to compare.
        return make_finder(path.query, bounded)(document), *read(document)[1:]

    return read_several


def _can_be_several(text: str, depth: int) -> bool:
    try:
        parse_path(text, depth=depth)
    except PathFault:
        return True
    return False
