"""Places in the text of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text: lines and columns count from 1, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of text in a file, with the line it begins on, for showing it.

    Attributes:
        file: the name that the user gave the file.
        span: where in the file.
        line_text: the whole line that the span begins on, without its end.
    """

    file: str
    span: Span
    line_text: str

    def __str__(self) -> str:
        """Name the place as editors and compilers do: `file:line:column`, counted from 1."""
        return f"{self.file}:{self.span.line}:{self.span.column}"
