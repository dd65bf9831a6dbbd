"""How far a JSON value goes, found piece by piece."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from json_values import TEXTS, random_value

from telemap.json_extent import MAX_VALUES, PIECE, Extent

FOLLOWING = ("", "]", ",", "[", ' ,"a"', '"x', "}", "\\")


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value, 1]
    return value


def count(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(count, inner))


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 30, 1000])
def test_the_end_is_found_however_the_text_is_cut(size: int) -> None:
    draw = random.Random(size)  # noqa: S311 - the same at each run
    for _ in range(200):
        value = draw.choice(([random_value(draw)], {"a": random_value(draw)}, draw.choice(TEXTS), nested(40)))
        text = json.dumps(value, ensure_ascii=draw.random() < 0.5)
        extent, passed = Extent(), 0
        for piece in pieces(text + draw.choice(FOLLOWING), size):
            end = extent.walk(piece)
            if end is not None:
                break
            passed += len(piece)
        assert end is not None, text
        assert passed + end == len(text), text
        assert count(value) / 2 <= extent.values + 1 <= 2 * count(value) + 1, text


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_where_a_piece_ends_does_not_depend_on_how_it_is_cut(size: int) -> None:
    draw = random.Random(size)  # noqa: S311 - the same at each run
    for _ in range(200):
        text = json.dumps(random_value(draw)) + draw.choice(FOLLOWING)
        text = text[: draw.randrange(len(text)) + 1]
        whole, cut = Extent(), Extent()
        whole.walk(text)
        for piece in pieces(text, size):
            cut.walk(piece)
        assert (cut.depth, cut.place) == (whole.depth, whole.place), text


@pytest.mark.parametrize("text", ["[", "[[", '{"a":', '"', '"a\\"', '[1,2,"]"', "[" * PIECE])
def test_what_does_not_end_has_no_end(text: str) -> None:
    assert Extent().walk(text) is None


def test_short_text_has_few_values() -> None:
    extent = Extent()
    extent.walk("[" * PIECE)

    assert extent.values < MAX_VALUES
