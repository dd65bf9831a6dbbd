"""Units divide where that is exact, so that whole numbers land on the bounds that people write."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import telemap
from telemap.tracing.tracer import Tracer
from telemap.units import UNITS, base_unit, divisor_of, scaled

WRITTEN = {"ns": 9, "us": 6, "ms": 3, "percent": 2}
"""Units of which people write a value as a fraction of the base unit, with so many decimal places."""

SCALES = ("0.001", "1e-6", "1e-9", "0.01", "0.1", "0.5", "0.25", "0.05", "0.002", "-0.001", "-0.5")
"""Scales that are one over a whole number."""

whole_numbers = st.lists(st.integers(1, 10**7), min_size=1, max_size=100, unique=True).map(sorted)


def written(number: int, places: int) -> str:
    """Write a whole number of a unit in its base unit, as people do: 570 ms are 0.570."""
    digits = str(number).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}"


def event(value: float) -> dict[str, Any]:
    return {"type": "function", "record": {"v": value}}


@functools.cache
def mapping(rest: str, unit: str = "ms") -> telemap.Mapping:
    return telemap.loads(f"version: 1\nmetrics: {{a_{UNITS[unit].row.base}: {{help: A., from: function, {rest}}}}}\n")


@functools.cache
def plan_of(rest: str, unit: str = "ms") -> telemap.Plan:
    return telemap.compile(mapping(rest, unit))


def exact(factor: float) -> Fraction:
    """Return a factor as people write it."""
    return Fraction(repr(factor))


@pytest.mark.parametrize("unit", sorted(WRITTEN))
@pytest.mark.parametrize("number_type", [int, float])
@examples(0.5)
@given(numbers=whole_numbers)
def test_a_whole_number_is_in_the_bucket_whose_bound_it_is(
    unit: str, number_type: type[float], numbers: list[int]
) -> None:
    bounds = ", ".join(written(number, WRITTEN[unit]) for number in numbers)
    plan = telemap.compile(mapping(f"type: histogram, unit: {unit}, value: $.record.v, buckets: [{bounds}]", unit))
    [series] = telemap.apply(plan, [event(number_type(number)) for number in numbers]).families
    assert series.cells[()][1:] == [1.0] * len(numbers) + [0.0]


@pytest.mark.parametrize("unit", sorted(UNITS))
@examples(0.2)
@given(numbers=whole_numbers)
def test_a_gauge_shows_what_people_would_write(unit: str, numbers: list[int]) -> None:
    plan = plan_of(f"type: gauge, unit: {unit}, value: $.record.v", unit)
    for number in numbers:
        [series] = telemap.apply(plan, [event(number)]).families
        assert series.cells[()] == [float(number * exact(UNITS[unit].row.factor))]


@pytest.mark.parametrize("scale", SCALES)
@examples(0.2)
@given(numbers=whole_numbers)
def test_a_scale_that_is_one_over_a_whole_number_divides(scale: str, numbers: list[int]) -> None:
    plan = plan_of(f"type: gauge, scale: {scale}, value: $.record.v")
    for number in numbers:
        [series] = telemap.apply(plan, [event(number)]).families
        assert series.cells[()] == [float(number * Fraction(scale))]


@pytest.mark.parametrize("unit", sorted(UNITS))
@examples(0.2)
@given(number=st.integers(1, 10**7))
def test_constants_defaults_and_explain_come_to_what_events_come_to(unit: str, number: int) -> None:
    read = mapping(f"type: gauge, unit: {unit}, value: $.record.v", unit)
    constant = mapping(f"type: gauge, unit: {unit}, value: {number}", unit)
    default = mapping(f"type: gauge, unit: {unit}, value: {{path: $.record.none, default: {number}}}", unit)
    values = [
        series.cells[()]
        for one in (read, constant, default)
        for series in telemap.apply(telemap.compile(one), [event(number)]).families
    ]
    [source] = Tracer(read).trace(event(number)).sources
    assert values == [[source.items[0].amount]] * 3


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False).filter(bool) | st.sampled_from([float(one) for one in SCALES]),
)
def test_dividing_is_at_least_as_exact_as_multiplying(value: float, factor: float) -> None:
    divisor = divisor_of(factor)
    if divisor:
        assert divisor.is_integer()
        assert 1 / exact(divisor) == exact(factor)
        assert scaled(value, factor) == value / divisor
    else:
        assert scaled(value, factor) == value * factor


@pytest.mark.parametrize("factor", [0.0, 1.0, -1.0, 2.0, 60.0, 1024.0**3, 0.3, 0.75, 5e-324, 1e-310, 1e-23])
def test_other_factors_multiply(factor: float) -> None:
    assert divisor_of(factor) == 0


@pytest.mark.parametrize(
    ("name", "unit"),
    [("a_seconds", "seconds"), ("a_bytes_total", "bytes"), ("a_ratio", "ratio"), ("seconds", None), ("a_total", None)],
)
def test_a_name_states_its_base_unit_at_its_end(name: str, unit: str | None) -> None:
    assert base_unit(name) == unit
