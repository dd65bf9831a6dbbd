"""Parse the values of options. An error says what is wrong with the value; argparse adds the option."""

from __future__ import annotations

import math
import re
from argparse import ArgumentTypeError
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_DIGITS = 18
"""Enough for any count; Python refuses to convert thousands of digits."""


def whole(*, least: Literal[0, 1] = 0) -> Callable[[str], int]:
    """Return a parser of integers."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text.lstrip("0")) <= _MAX_DIGITS and int(text) >= least:
            return int(text)
        raise ArgumentTypeError(f"{text!r} is not a {'positive' if least else 'non-negative'} integer")

    return parse


def port_number(text: str) -> int:
    """Parse a port."""
    if text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65_535:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a port, a number from 0 to 65535")


def web_address(text: str) -> str:
    """Parse the address of a page, and return it without a fragment."""
    if re.fullmatch(r"https?://[^\s/?#@]+(/[^\s#]*)?(#.*)?", text) is None or not text.isprintable():
        raise ArgumentTypeError(f"{text!r} is not the address of a page, such as https://docs.example.com/playground/")
    return text.partition("#")[0]


def milliseconds(text: str) -> float:
    """Parse a time in milliseconds."""
    value = _number(text)
    if value is None or not 0 <= value < math.inf:
        raise ArgumentTypeError(f"{text!r} is not a number of milliseconds, 0 or more")
    return value


def share(least: float) -> Callable[[str], float]:
    """Return a parser of shares such as `0.5` and `1/14`."""

    def parse(text: str) -> float:
        part, slash, of = text.partition("/")
        above, below = _number(part), _number(of) if slash else 1.0
        value = above / below if above is not None and below else None
        if value is None or not least <= value <= 1:
            raise ArgumentTypeError(f"{text!r} is not a number between {least:g} and 1, such as 0.5 or 1/14")
        return value

    return parse


def file_name(text: str) -> str:
    """Parse the name of a file, which must not be empty."""
    if not text:
        raise ArgumentTypeError("the name of a file is empty")
    return text


def variable(text: str) -> tuple[str, str]:
    """Parse `NAME=VALUE`."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
