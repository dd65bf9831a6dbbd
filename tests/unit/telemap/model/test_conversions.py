"""Conversions of nodes that hostile telemetry can contain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from strategies import json_values

from telemap.model import Conversion
from telemap.numbers import INVALID
from telemap.runtime.values import make_conversion, product

if TYPE_CHECKING:
    from collections.abc import Callable


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("make", [lambda: nested(100_000), lambda: [10**5000]], ids=["deep", "a number of many digits"])
def test_bytes_of_what_json_cannot_write_are_invalid(make: Callable[[], Any]) -> None:
    assert Conversion.BYTES.row.function(make()) is INVALID


@given(json_values)
def test_bytes_are_those_of_compact_json(found: Any) -> None:
    size = Conversion.BYTES.row.function(found)
    if isinstance(found, (list, dict)) and size is not INVALID:
        written = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        assert size == len(written.encode(errors="surrogatepass"))
    elif isinstance(found, str):
        assert size == len(found.encode(errors="surrogatepass"))
    else:
        assert size is INVALID


@pytest.mark.parametrize("conversion", Conversion)
@given(found=json_values)
def test_what_a_test_converts_is_a_number_or_missing(conversion: Conversion, found: Any) -> None:
    assert type(make_conversion(conversion)(found)) in {int, float, type(None)}


@given(json_values, json_values)
def test_products_are_of_numbers_alone(one: Any, other: Any) -> None:
    result = product(one, other)
    if one is None or other is None:
        assert result is None
    elif type(one) in {int, float} and type(other) in {int, float}:
        assert type(result) in {int, float}
    else:
        assert result is INVALID
