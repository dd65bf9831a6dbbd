"""Lines of generated code, with their indentation."""

from __future__ import annotations


class Block:
    """A run of lines that goes deeper with each condition, and is closed as a whole."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._depth = 0
        self._endings: list[tuple[int, str]] = []

    def add(self, *lines: str) -> None:
        """Add statements, under all that is open."""
        self.lines += [f"{'    ' * self._depth}{line}" for line in lines]

    def open(self, line: str) -> None:
        """Add the head of a compound statement; what follows is inside it."""
        self.add(line)
        self._depth += 1

    def otherwise(self, line: str) -> None:
        """Keep a line, such as an `else`, that belongs to the statement opened last and stands after all inside it."""
        self._endings.append((self._depth - 1, line))

    def close(self) -> None:
        """Close all that is open."""
        for depth, line in reversed(self._endings):
            self.lines.append(f"{'    ' * depth}{line}")
        self._endings.clear()
        self._depth = 0

    def take(self, other: Block) -> None:
        """Add another block's lines."""
        self.add(*other.lines)
