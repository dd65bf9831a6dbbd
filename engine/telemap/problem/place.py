"""Locations in the text of a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A range of text: lines and columns count from 1, in characters; the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A range of text in a file, with its first line for display.

    Attributes:
        file: the name that the user gave the file.
        span: the range in the file.
        line_text: the first line of the range, without its end.
    """

    file: str
    span: Span
    line_text: str

    def __str__(self) -> str:
        """Return the location as `file:line:column`, counted from 1, as editors and compilers do."""
        return f"{self.file}:{self.span.line}:{self.span.column}"
