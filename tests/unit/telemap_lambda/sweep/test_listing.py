"""Reading a Pushgateway's list of groups in chunks of any size."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap_lambda.sweep.errors import ListingError
from telemap_lambda.sweep.listing import ListedGroup, read_listing


def family(value: object) -> dict[str, object]:
    return {"type": "GAUGE", "help": "Time.", "metrics": [{"labels": {"job": "j"}, "value": value}]}


GROUPS = [
    {"labels": {"job": "a/b", "instance": "ï\n☃"}, "last_push_successful": True, "telemap_mapping_info": family("1")}
    | {"push_time_seconds": family("1.7953687e+09"), "push_failure_time_seconds": family("0")},
    {"labels": {"job": "refused"}, "push_time_seconds": family("0"), "push_failure_time_seconds": family("1.5e+09")},
    {"labels": {"job": "undated"}, "other_total": family("1")},
    {"labels": {"job": "odd"}, "push_time_seconds": {"metrics": []}, "push_failure_time_seconds": None},
    {"labels": {"job": "not a number"}, "push_time_seconds": family("NaN")},
]
READ = [
    ListedGroup((("instance", "ï\n☃"), ("job", "a/b")), 1795368700.0, 0.0, is_telemap=True),
    ListedGroup((("job", "refused"),), 0.0, 1500000000.0, is_telemap=False),
    ListedGroup((("job", "undated"),), None, 0.0, is_telemap=False),
    ListedGroup((("job", "odd"),), None, 0.0, is_telemap=False),
    ListedGroup((("job", "not a number"),), None, 0.0, is_telemap=False),
]

NUMBERS = b'{"a": 12.5e+3, "b": [-1.25E-2, 7], "data": []}'


def read(text: str) -> list[ListedGroup]:
    return list(read_listing([text.encode()]))


@given(cuts=st.lists(st.integers(0, 4000)), indent=st.sampled_from([None, 3]), ascii_only=st.booleans())
def test_groups_are_read_from_any_chunks(cuts: list[int], indent: int | None, *, ascii_only: bool) -> None:
    told = {"status": "success", "number": 12.5, "data": GROUPS, "more": [1, {"data": []}]}
    text = json.dumps(told, indent=indent, ensure_ascii=ascii_only).encode()
    chunks = [text[start:end] for start, end in pairwise([0, *sorted(cuts), len(text) + 4000])]
    assert list(read_listing(chunks)) == READ


@pytest.mark.parametrize("cut", range(len(NUMBERS)))
def test_a_number_may_be_cut_anywhere(cut: int) -> None:
    assert list(read_listing([NUMBERS[:cut], NUMBERS[cut:]])) == []


def test_groups_are_yielded_one_at_a_time() -> None:
    text = json.dumps({"data": GROUPS})
    groups = read_listing([text[:-20].encode()])
    assert next(groups) == READ[0]
    with pytest.raises(ListingError):
        list(groups)


@pytest.mark.parametrize("text", ['{"data": []}', '{"status": "success", "data":[ ]}', ' {"data" : [] } \n'])
def test_an_empty_list_has_no_groups(text: str) -> None:
    assert read(text) == []


def test_when_a_group_was_last_seen() -> None:
    assert [group.last_seen for group in READ] == [1795368700.0, 1500000000.0, None, None, None]
    assert ListedGroup((("job", "j"),), 0.0, 0.0, is_telemap=True).last_seen is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "404 page not found\n",
        "<html><body>Sign in</body></html>",
        "[]",
        "{}",
        '{"status": "error"}',
        '{"data": {}}',
        '{"data": null}',
        '{"data": [',
        '{"data": [{"labels": {"job": "j"}}',
        '{"data": [{"labels": {"job": "j"}} {"labels": {"job": "j"}}]}',
        '{"data": [{"labels": {}}]}',
        '{"data": [{"labels": ["job"]}]}',
        '{"data": [7]}',
        '{"data": [' + "[" * 100_000,
        '{"status": ' + "9" * 5000 + "}",
    ],
    ids=lambda text: text[:40],
)
def test_invalid_lists_are_refused(text: str) -> None:
    with pytest.raises(ListingError):
        read(text)
