"""Which words are suggested for misspelt ones."""

from __future__ import annotations

import pytest

from telemap.event_types import EVENT_TYPES
from telemap.keys import tables as keys
from telemap.reading.nearness import nearest, nearest_word, slips

FIELDS = ("level", "time", "pid", "hostname", "err", "msg", "status", "durationMs", "requestId", "items")


@pytest.mark.parametrize(
    ("text", "words", "word"),
    [
        ("hlep", keys.FAMILY, "help"),
        ("form", keys.FAMILY, "from"),
        ("lables", keys.FAMILY, "labels"),
        ("label", keys.FAMILY, "labels"),
        ("bucket", keys.FAMILY, "buckets"),
        ("source", keys.FAMILY, "sources"),
        ("vlaue", keys.FAMILY, "value"),
        ("tpye", keys.FAMILY, "type"),
        ("fo", keys.PARSE, "of"),
        ("regxe", keys.PARSE, "regex"),
        ("serieslimit", keys.FAMILY, "series_limit"),
        ("metrcis", keys.TOP, "metrics"),
        ("Platform.Report", EVENT_TYPES, "platform.report"),
        ("platform.strat", EVENT_TYPES, "platform.start"),
        ("platform.runtimedone", EVENT_TYPES, "platform.runtimeDone"),
        ("functoin", EVENT_TYPES, "function"),
        ("levl", ("level", "lvel"), "level"),
        ("statsu", FIELDS, "status"),
        ("stauts", FIELDS, "status"),
        ("state", FIELDS, "status"),
        ("duration", FIELDS, "durationMs"),
        ("request_id", FIELDS, "requestId"),
        ("host", FIELDS, "hostname"),
        ("errr", FIELDS, "err"),
        ("shop_lambda_memory_size_byte", ("aws_lambda_memory_size_bytes",), "aws_lambda_memory_size_bytes"),
    ],
)
def test_typos_find_their_word(text: str, words: tuple[str, ...], word: str | None) -> None:
    assert nearest_word(text, words) == word


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("event", FIELDS),
        ("times", ("items",)),
        ("code", FIELDS),
        ("sum", ("sub", "set", "min", "max")),
        ("ne", ("le", "ge", "in")),
        ("inc", ("dec",)),
        ("message", FIELDS),
        ("record", ("reason",)),
        ("user", ("err",)),
        ("count", ("amount",)),
        ("amount", ("account",)),
        ("x", ("y", "z")),
        ("", FIELDS),
        ("e" * 100, ("e" * 100,)),
    ],
)
def test_other_words_find_none(text: str, words: tuple[str, ...]) -> None:
    assert nearest(text, words) is None


@pytest.mark.parametrize(
    ("text", "word", "number"),
    [("", "", 0), ("ab", "", 2), ("ab", "ba", 1), ("abc", "cab", 2), ("kitten", "sitting", 3), ("level", "event", 3)],
)
def test_slips_are_counted(text: str, word: str, number: int) -> None:
    assert slips(text, word) == slips(word, text) == number
