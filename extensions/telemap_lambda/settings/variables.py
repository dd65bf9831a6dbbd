"""Read variables of the environment, and collect what cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

T = TypeVar("T")

_MOST_MILLISECONDS = 24 * 60 * 60 * 1000
"""A day: what is longer is a mistake, and may be longer than a system call takes."""

_MOST_SHOWN = 60
"""Most characters of a bad value that are shown."""

_TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_DEFAULT = "the default is used instead"

_PREFIX = "TELEMAP_"
_OF_THE_SWEEPER = "TELEMAP_SWEEP_"


class SettingReader:
    """Read variables, each with a default; an empty variable is one that is not set.

    Attributes:
        faults: what could not be used, a line each, which begins with the variable's name.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._names: set[str] = set()
        self.faults: list[str] = []

    def whole_text(self, name: str) -> str:
        """Give a variable's text as it is; empty when it is not set."""
        self._names.add(name)
        return self._environ.get(name, "")

    def text(self, name: str) -> str:
        """Give a variable's text without blanks around it; empty when it is not set."""
        return self.whole_text(name).strip()

    def unread(self) -> Iterator[str]:
        """Give a line for each variable that is called as ours are, and that nobody has read: a name is misspelt."""
        for name in sorted(self._environ):
            if not name.startswith(_PREFIX) or name.startswith(_OF_THE_SWEEPER) or name in self._names:
                continue
            from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

            shown = name[:_MOST_SHOWN]
            ours = sorted(one.removeprefix(_PREFIX) for one in self._names if one.startswith(_PREFIX))
            meant = get_close_matches(shown.removeprefix(_PREFIX), ours, n=1)
            way_out = (
                f"did you mean {_PREFIX}{meant[0]}?" if meant else f"name a variable of your own without {_PREFIX}"
            )
            yield f"{shown} is no setting; {way_out}"

    def read(self, name: str, default: T, convert: Callable[[str], T], valid: str) -> T:
        """Read a variable.

        Args:
            name: of the variable.
            default: stands in for what is not set or cannot be used.
            convert: makes the value of the text; a ValueError says that it cannot.
            valid: what would be.
        """
        text = self.text(name)
        if not text:
            return default
        try:
            return convert(text)
        except ValueError:
            self.faults.append(f"{name}: {text[:_MOST_SHOWN]!r} cannot be used, valid is {valid}; {_DEFAULT}")
            return default

    def whole(self, name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
        """Read a whole number."""

        def convert(text: str) -> int:
            number = int(text)
            if number < least or (most is not None and number > most):
                raise ValueError
            return number

        bounds = f"from {least} on" if most is None else f"from {least} to {most}"
        return self.read(name, default, convert, f"a whole number {bounds}")

    def seconds(self, name: str, default: int, *, least: int = 0) -> float:
        """Read milliseconds, which the default is in too, and give seconds."""
        return self.whole(name, default, least=least, most=_MOST_MILLISECONDS) / 1000

    def truth(self, name: str, *, default: bool) -> bool:
        """Read `true` or `false`."""

        def convert(text: str) -> bool:
            if text.lower() not in _TRUTHS:
                raise ValueError
            return _TRUTHS[text.lower()]

        return self.read(name, default, convert, "true or false")

    def choice(self, name: str, choices: Sequence[str], *, default: str = "") -> str:
        """Read one of several words, in whatever case; without another default the first is it."""

        def convert(text: str) -> str:
            if text.lower() not in choices:
                raise ValueError
            return text.lower()

        return self.read(name, default or choices[0], convert, f"one of {', '.join(choices)}")
