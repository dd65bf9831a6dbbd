"""Values of options: each reader says what is wrong with a value, and argparse names the option."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_DIGITS = 18
"""More than anything that can be counted: Python refuses to read thousands of them."""


def whole(*, least: int = 0) -> Callable[[str], int]:
    """Return a reader of whole numbers."""

    def read(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text.lstrip("0")) <= _MOST_DIGITS and int(text) >= least:
            return int(text)
        raise ArgumentTypeError(f"{text!r} is not a whole number from {least}")

    return read


def milliseconds(text: str) -> float:
    """Read a time in milliseconds."""
    value = _number(text)
    if value is None or not 0 <= value < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number of milliseconds from 0")
    return value


def share(least: float) -> Callable[[str], float]:
    """Return a reader of shares of 1, such as `0.5` and `1/14`."""

    def read(text: str) -> float:
        part, slash, of = text.partition("/")
        above, below = _number(part), _number(of) if slash else 1.0
        value = above / below if above is not None and below else None
        if value is None or not least <= value <= 1:
            raise ArgumentTypeError(f"{text!r} is not a share from {least:g} to 1, such as 0.5 or 1/14")
        return value

    return read


def variable(text: str) -> tuple[str, str]:
    """Read `NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
