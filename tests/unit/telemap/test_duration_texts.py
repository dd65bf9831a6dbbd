"""Durations in the forms that languages, libraries and databases write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from telemap.duration_texts import seconds_of
from telemap.durations import duration

if TYPE_CHECKING:
    from datetime import timedelta


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT26.481S", 26.481),
        ("PT1M30.5S", 90.5),
        ("00:00:26.4810000", 26.481),
        ("250µs", 0.00025),
        ("250μs", 0.00025),
        ("1h2m3.5s", 3723.5),
        ("0.123456s", 0.123456),
        ("P1DT2H", 93600.0),
        ("P2W", 1209600.0),
        ("P1W2D", 777600.0),
        ("PT1,5S", 1.5),
        ("-PT1M", -60.0),
        ("PT-6H+3M", -21420.0),
        ("-PT-6H+3M", 21420.0),
        ("PT-0.5S", -0.5),
        ("P0Y0M0DT5S", 5.0),
        ("pt8h6m12.345s", 29172.345),
        ("PT0S", 0.0),
        ("P0D", 0.0),
        ("1.02:03:04", 93784.0),
        ("-1.02:03:04", -93784.0),
        ("0:00:26.481", 26.481),
        ("2 days, 0:00:01", 172801.0),
        ("1 day, 0:00:00", 86400.0),
        ("-1 day, 23:59:59", -1.0),
        ("-1 day, 23:59:59.500000", -0.5),
        ("-1 days +23:59:59", -1.0),
        ("0 days 00:00:26.481000", 26.481),
        ("-1 days -02:00:00", -93600.0),
        ("1 day 25:00:00", 176400.0),
        ("123:45:06", 445506.0),
        ("-00:00:01", -1.0),
        ("1-02:03:04", 93784.0),
        ("1:3:16:50.5", 98210.5),
        ("00:00:26,481", 26.481),
        ("1:30.5", 90.5),
        ("0:26.48", 26.48),
        ("1.5s", 1.5),
        ("2 min", 120.0),
        ("2 minutes", 120.0),
        ("3 h 4 m", 11040.0),
        ("1 hour, 30 minutes and 5.5 seconds", 5405.5),
        ("2h 37min", 9420.0),
        ("1day 2h", 93600.0),
        ("-(1h 30m)", -5400.0),
        ("-1h30m", -5400.0),
        ("1d 2h 3m 4.5s", 93784.5),
        ("26.48 ms", 0.02648),
        ("250 MILLISECONDS", 0.25),
        ("@ 1 day 2 hours 3 mins 4.5 secs", 93784.5),
        ("@ 1 min ago", -60.0),
        ("2.5e-05s", 2.5e-05),
        (".5s", 0.5),
        ("1.s", 1.0),
        ("1w", 604800.0),
        ("5\u202fmin", 300.0),
        ("1 hr, 46 min and 40 sec", 6400.0),
        ("5us", 5e-06),
        ("1m1m", 120.0),
        ("3 days", 259200.0),
        ("-1 days", -86400.0),
        ("1d 02:03:04", 93784.0),
        ("+5s", 5.0),
        (" 3s ", 3.0),
    ],
)
def test_durations_are_read_exactly(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "+",
        "@",
        "P",
        "PT",
        "P1Y",
        "P1M",
        "P1Y2M",
        "PT1.5M3S",
        "P1H",
        "1:30",
        "00:99:00",
        "00:00:60",
        "1 month",
        "1mo",
        "1y",
        "1M",
        "5",
        "26.481",
        "1,000 ms",
        "1,5 s",
        "5 min 20",
        "s",
        "3 sec.",
        "1.25:00:00",
        "12:34:56:78:90",
        "1 and 2s",
        "3 minutes ago",
        "<1ms",
        "- 1 day 2",
        "2020-01-01T00:00:00Z",
        "2020-01-01 00:00:00",
        "::",
        "1::2",
        "1e999s" * 30,
        "1e999d",
        "x" * 500,
        "٣s",
        "1h,",
        "and 1h",
        "1h and",
        "1h, and",
        "()",
        "-()",
        "1e1000s",
        "(1h)x",
        "P-",
        "T1S",
        "1 day, -",
        "00:00",
        "-1 day, -:1",
    ],
)
def test_everything_else_is_no_duration(text: str) -> None:
    assert seconds_of(text) is None


@given(st.timedeltas())
@examples(0.3)
def test_python_durations_are_read(length: timedelta) -> None:
    assert seconds_of(str(length)) == length.total_seconds()


@given(st.from_regex(r"-?([0-9]{1,4}(\.[0-9]{1,6})?(ns|us|ms|s|m|h|d)){1,4}", fullmatch=True))
@examples(0.3)
def test_durations_of_settings_mean_the_same_in_events(text: str) -> None:
    assert seconds_of(text) == duration(text)


@given(st.text(alphabet="0123456789.,:+-eEPTDHMSdhmsn @()a", max_size=140))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    found = seconds_of(text)
    assert found is None or abs(found) < float("inf")
