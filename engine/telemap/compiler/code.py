"""Lines of generated code, with their indentation."""

from __future__ import annotations


class CodeBuilder:
    """Builds lines of code: each condition indents what follows, until all of them are closed at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._depth = 0
        self._endings: list[tuple[int, str]] = []

    def add(self, *lines: str) -> None:
        """Add statements at the current indentation."""
        self.lines += [f"{'    ' * self._depth}{line}" for line in lines]

    def open(self, line: str) -> None:
        """Add the head of a compound statement, and indent what follows."""
        self.add(line)
        self._depth += 1

    def otherwise(self, line: str) -> None:
        """Add a line such as `else` to the last opened statement, after its body."""
        self._endings.append((self._depth - 1, line))

    def close(self) -> None:
        """Close all open statements."""
        for depth, line in reversed(self._endings):
            self.lines.append(f"{'    ' * depth}{line}")
        self._endings.clear()
        self._depth = 0

    def take(self, other: CodeBuilder) -> None:
        """Add the lines of another builder."""
        self.add(*other.lines)
