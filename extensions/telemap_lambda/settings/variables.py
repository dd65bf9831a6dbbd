"""How the text of an environment variable becomes the value of a setting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

_MOST_MILLISECONDS = 24 * 60 * 60 * 1000
"""A day: more is a mistake, and may be more than a system call takes."""

_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class SettingError(ValueError):
    """A value that cannot be used; the message says why."""


class Kind(Generic[T]):
    """What a setting holds.

    Args:
        default: the value where the variable is not set.
        convert: makes the value of the text and of all variables; raises `ValueError` where it cannot.
        expected: what would be valid, for messages.
        unset: the default as the documentation shows it; empty for none.
        exact: whether white space around the text belongs to it.
        instead: what happens with a value that cannot be used.
        secret: whether the value may hold a password and is never shown.
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
    """Return the kind of a text that is taken as it is."""
    return Kind("", lambda given, _: given, unset=unset, exact=exact)


def whole(default: int, *, least: int = 0, most: int | None = None) -> Kind[int]:
    """Return the kind of a whole number."""
    expected = f"a whole number from {least}" + (f" to {most}" if most is not None else "")
    return Kind(default, lambda given, _: _number(given, least, most), expected, unset=f"`{default}`")


def milliseconds(default: int, *, least: int = 0) -> Kind[float]:
    """Return the kind of a time that is written in milliseconds and held in seconds."""
    return Kind(
        default / 1000,
        lambda given, _: _number(given, least, _MOST_MILLISECONDS) / 1000,
        f"a whole number from {least} to {_MOST_MILLISECONDS}",
        unset=f"`{default}`",
    )


def truth(*, default: bool) -> Kind[bool]:
    """Return the kind of `true` or `false`."""
    return Kind(default, lambda given, _: _one_of(given, _TRUTHS), "true or false", unset=f"`{str(default).lower()}`")


def choice(values: Mapping[str, T], default: str, *, unset: str = "") -> Kind[T]:
    """Return the kind of one of several words, in any case.

    Args:
        values: what each word stands for.
        default: the word that holds where none is set.
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
