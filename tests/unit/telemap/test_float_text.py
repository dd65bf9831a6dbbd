from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.utils import floatToGoString

from telemap.check.limits import DEFAULT_BUCKETS
from telemap.float_text import float_text


@given(st.one_of(st.floats(), st.integers(-(2**63), 2**63).map(float)))
def test_floats_are_written_as_prometheus_client_writes_them(number: float) -> None:
    assert float_text(number) == floatToGoString(number)  # type: ignore[no-untyped-call]


@given(st.floats(allow_nan=False))
def test_no_digit_is_lost(number: float) -> None:
    assert float(float_text(number)) == number


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0"),
        (3.0, "3.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (999999.0, "999999.0"),
        (1e6, "1e+06"),
        (1234567.5, "1.2345675e+06"),
        (1e15, "1e+15"),
        (1e16, "1e+16"),
        (1e-7, "1e-07"),
        (-1e6, "-1000000.0"),  # as prometheus_client has it; Go would write an exponent
        (float("inf"), "+Inf"),
        (float("-inf"), "-Inf"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers_read_as_in_an_exposition(number: float, text: str) -> None:
    assert float_text(number) == text


def test_default_buckets_are_those_of_prometheus_client() -> None:
    from prometheus_client import Histogram  # noqa: PLC0415 - for this test alone

    assert (*DEFAULT_BUCKETS, float("inf")) == Histogram.DEFAULT_BUCKETS
