"""Documents in CloudWatch's embedded metric format, from whoever can print a line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import json_values

from telemap.embedded_metrics import read_document
from telemap.units import Unit, scaled

if TYPE_CHECKING:
    from collections.abc import Callable

UNITS = {"Milliseconds": Unit.MILLISECOND, "Microseconds": Unit.MICROSECOND, "Percent": Unit.PERCENT}


def document(*metrics: Any, dimensions: Any = (("service",),), **fields: Any) -> dict[str, Any]:
    sets = [list(one) for one in dimensions]
    directive = {"Namespace": "Shop", "Dimensions": sets, "Metrics": list(metrics)}
    return {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [directive]}, **fields}


def test_a_document_becomes_its_parts() -> None:
    read = read_document(
        document(
            {"Name": "Time", "Unit": "Milliseconds"},
            {"Name": "Size"},
            service="cart",
            Time=[231.5, 2],
            Size=3,
            id="o-1",
        )
    )
    assert read == {
        "namespace": "Shop",
        "dimensions": {"service": "cart"},
        "metrics": [
            {"name": "Time", "value": 0.2315, "unit": "seconds", "raw_value": 231.5, "raw_unit": "Milliseconds"},
            {"name": "Time", "value": 0.002, "unit": "seconds", "raw_value": 2, "raw_unit": "Milliseconds"},
            {"name": "Size", "value": 3, "unit": "None", "raw_value": 3, "raw_unit": None},
        ],
        "properties": {"id": "o-1"},
    }


@given(st.sampled_from(sorted(UNITS)), st.integers(-(10**6), 10**6) | st.floats(allow_nan=False, allow_infinity=False))
def test_values_are_as_exact_as_those_of_a_unit(unit: str, value: float) -> None:
    read = read_document(document({"Name": "x", "Unit": unit}, x=value))
    assert read is not None
    assert read["metrics"][0]["value"] == scaled(value, UNITS[unit].row.factor)


@given(json_values, json_values)
def test_any_json_is_a_document_or_none(directives: Any, fields: Any) -> None:
    assert read_document(fields) is None or "_aws" in fields
    whole = {**(fields if type(fields) is dict else {}), "_aws": {"CloudWatchMetrics": directives}}
    read = read_document(whole)
    assert (read is None) is (type(directives) is not list)


def test_whole_numbers_beyond_the_range_of_floats_are_infinite() -> None:
    read = read_document(document({"Name": "x", "Unit": "Milliseconds"}, x=10**400))
    assert read is not None
    assert read["metrics"][0]["value"] == float("inf")


LARGE: dict[str, Callable[[], dict[str, Any]]] = {
    "one metric": lambda: document(*[{"Name": "x", "Unit": "Bits"}] * 100_000, x=[1] * 100_000),
    "many metrics": lambda: document(
        *({"Name": f"x{number}"} for number in range(50_000)), **{f"x{number}": 1 for number in range(50_000)}
    ),
    "one dimension": lambda: document(dimensions=[["a"] * 250_000], a="b" * 100_000),
    "many sets": lambda: document(dimensions=[["a"]] * 100_000, a="b" * 100_000),
}


@pytest.mark.parametrize("what", LARGE)
def test_large_documents_take_time_that_grows_with_them_alone(what: str) -> None:
    large = LARGE[what]()
    began = time.thread_time()
    read_document(large)
    assert time.thread_time() - began < 10  # far more than it needs
