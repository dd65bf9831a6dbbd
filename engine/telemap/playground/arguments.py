"""Read the arguments of a question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping

_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class QuestionError(ValueError):
    """A question is unknown, or has wrong arguments; the message says what is wrong."""


class Arguments:
    """The arguments of a question, each read once.

    Args:
        where: what they belong to, for messages.
        values: the arguments.

    Raises:
        QuestionError: they are not an object.
    """

    def __init__(self, where: str, values: Any) -> None:
        if not isinstance(values, dict):
            raise QuestionError(f"{where}: needs an object")
        self._where = where
        self._left: dict[Any, Any] = dict(values)

    def text(self, name: str) -> str:
        """Return a text. Half of a surrogate pair, which no text in UTF-8 has, becomes U+FFFD.

        Raises:
            QuestionError: it is missing, or not text.
        """
        value = self._left.pop(name, None)
        if not isinstance(value, str):
            self._refuse(name, "text")
        return sound(value)

    def optional_text(self, name: str) -> str | None:
        """Return a text, as `text` does, or None if there is none.

        Raises:
            QuestionError: it is not text.
        """
        return self.text(name) if self._left.get(name) is not None else self._left.pop(name, None)

    def whole(self, name: str, least: int) -> int:
        """Return a whole number.

        Raises:
            QuestionError: it is missing, not a whole number, or too small.
        """
        value = self._left.pop(name, None)
        if type(value) is not int or value < least:
            self._refuse(name, f"a whole number, at least {least}")
        return value

    def within(self, name: str) -> Arguments:
        """Return an object's members.

        Raises:
            QuestionError: it is missing, or not an object.
        """
        return Arguments(f"{self._where}: {name!r}", self._left.pop(name, None))

    def texts_by_name(self, name: str) -> Mapping[str, str]:
        """Return an object of texts; none if it is missing.

        Raises:
            QuestionError: it is something else.
        """
        value = self._left.pop(name, None)
        pairs = {} if value is None else value
        if not isinstance(pairs, dict) or not all(isinstance(one, str) for pair in pairs.items() for one in pair):
            self._refuse(name, "an object of texts")
        return {sound(key): sound(text) for key, text in pairs.items()}

    def end(self) -> None:
        """Refuse arguments that were not read.

        Raises:
            QuestionError: there are some.
        """
        if self._left:
            raise QuestionError(f"{self._where}: unknown argument {next(iter(self._left))!r}")

    def _refuse(self, name: str, wanted: str) -> NoReturn:
        raise QuestionError(f"{self._where}: {name!r} must be {wanted}")


def sound(text: str) -> str:
    """Replace halves of surrogate pairs, one character for one."""
    return text if text.isascii() else _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)
