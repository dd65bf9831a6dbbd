"""Convert the text of environment variables to the values of settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_MAX_MILLISECONDS = 24 * 60 * 60 * 1000
"""A day: a longer time is a mistake, and may be too long for a system call."""

_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class SettingError(ValueError):
    """A value is invalid; the message says why."""


class Kind(Generic[T]):
    """The kind of a setting's value.

    Args:
        default: the value if the variable is unset.
        convert: converts the text, given all variables; raises `ValueError` if it is invalid.
        expected: description of valid values, for messages.
        unset: the default as the documentation shows it; empty for none.
        exact: whether surrounding white space belongs to the value.
        instead: what telemap does if the value is invalid.
        secret: whether the value may contain a password and must not be shown.
    """

    __slots__ = ("convert", "default", "exact", "expected", "instead", "secret", "unset")

    def __init__(
        self,
        default: T,
        convert: Callable[[str, Mapping[str, str]], T],
        expected: str = "",
        *,
        unset: str = "",
        exact: bool = False,
        instead: str = "using the default",
        secret: bool = False,
    ) -> None:
        self.default = default
        self.convert = convert
        self.expected = expected
        self.unset = unset
        self.exact = exact
        self.instead = instead
        self.secret = secret


def text(*, unset: str = "", exact: bool = False) -> Kind[str]:
    """Return the kind for text."""
    return Kind("", lambda given, _: given, unset=unset, exact=exact)


def whole(default: int, *, least: int = 0, most: int | None = None) -> Kind[int]:
    """Return the kind for an integer."""
    if most is not None:
        expected = f"an integer from {least} to {most}"
    else:
        expected = f"an integer of at least {least}" if least else "a non-negative integer"
    return Kind(default, lambda given, _: _number(given, least, most), expected, unset=f"`{default}`")


def milliseconds(default: int, *, least: int = 0) -> Kind[float]:
    """Return the kind for a time that is set in milliseconds and stored in seconds."""
    return Kind(
        default / 1000,
        lambda given, _: _number(given, least, _MAX_MILLISECONDS) / 1000,
        f"an integer from {least} to {_MAX_MILLISECONDS}",
        unset=f"`{default}`",
    )


def truth(*, default: bool) -> Kind[bool]:
    """Return the kind for `true` or `false`."""
    return Kind(default, lambda given, _: _one_of(given, _TRUTHS), "true or false", unset=f"`{str(default).lower()}`")


def choice(values: Mapping[str, T], default: str, *, unset: str = "") -> Kind[T]:
    """Return the kind for one of several words, ignoring case.

    Args:
        values: the value for each word.
        default: the word that applies if the variable is unset.
        unset: what the documentation says of the default, where it depends on something else.
    """
    expected = f"one of {', '.join(values)}"
    return Kind(values[default], lambda given, _: _one_of(given, values), expected, unset=unset or f"`{default}`")


def _number(given: str, least: int, most: int | None) -> int:
    number = int(given)
    if number < least or (most is not None and number > most):
        raise ValueError
    return number


def _one_of(given: str, values: Mapping[str, T]) -> T:
    if given.lower() not in values:
        raise ValueError
    return values[given.lower()]
