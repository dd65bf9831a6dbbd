"""Names for what generated code reads: user text never stands in the code itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

T = TypeVar("T", bound="Hashable")


class Names(Generic[T]):
    """Give each value a name, the same one each time.

    Args:
        letter: what the names begin with.
    """

    def __init__(self, letter: str) -> None:
        self._letter = letter
        self._numbers: dict[tuple[type, T], int] = {}

    def name(self, value: T) -> str:
        """Give the name of a value."""
        number = self._numbers.setdefault((type(value), value), len(self._numbers))
        return f"{self._letter}{number}"

    @property
    def values(self) -> tuple[T, ...]:
        """Give all values, in the order of their names."""
        return tuple(value for _, value in self._numbers)

    def unpack(self, given: str) -> list[str]:
        """Write the statement that binds the names to the items of a tuple called `given`."""
        names = [f"{self._letter}{number}" for number in range(len(self._numbers))]
        return [f"{', '.join(names)}, = {given}"] if names else []
