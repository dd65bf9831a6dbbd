"""A drawing in SVG: rectangles, lines and text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

FONT = "Inter, 'Helvetica Neue', Helvetica, Arial, sans-serif"
Anchor = Literal["start", "middle", "end"]
_NARROW = frozenset("ijlt.,:;'|!fI()[] ")
_WIDE = frozenset("mwMW%@")


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text is, rather too wide: who looks at it has fonts of their own."""
    units = sum(0.33 if letter in _NARROW else 0.92 if letter in _WIDE else 0.6 for letter in text)
    return units * size * (1.06 if bold else 1.0)


class Drawing:
    """What is drawn so far, in pixels from the upper left corner."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 10.5,
        color: str = "#5a6069",
        anchor: Anchor = "start",
        bold: bool = False,
        then: str = "",
    ) -> None:
        """Write; `y` is the line that letters stand on, and what comes `then` is bold."""
        weight = ' font-weight="600"' if bold else ""
        more = f'<tspan dx="5" font-weight="600">{escape(then)}</tspan>' if then else ""
        place = f'x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"'
        style = f'font-size="{_n(size)}" fill="{color}"{weight}'
        self._parts.append(f"<text {place} {style}>{escape(words)}{more}</text>")

    def box(
        self, x: float, y: float, width: float, height: float, color: str, *, border: str = "", round_by: float = 0
    ) -> None:
        """Fill a rectangle."""
        more = f' stroke="{border}"' if border else ""
        more += f' rx="{_n(round_by)}"' if round_by else ""
        size = f'width="{_n(width)}" height="{_n(height)}"'
        self._parts.append(f'<rect x="{_n(x)}" y="{_n(y)}" {size} fill="{color}"{more}/>')

    def path(
        self, points: Sequence[tuple[float, float]], color: str, *, width: float = 1.5, dashed: bool = False
    ) -> None:
        """Draw a line through points; one alone is a dot."""
        if len(points) == 1:
            [(x, y)] = points
            self._parts.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="2" fill="{color}"/>')
            return
        through = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        style = f'fill="none" stroke="{color}" stroke-width="{width}" stroke-linejoin="round"'
        dashes = ' stroke-dasharray="6 4"' if dashed else ""
        self._parts.append(f'<polyline points="{through}" {style}{dashes}/>')

    def finished(self, width: float, height: float, title: str) -> str:
        """Return the picture."""
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" '
        size = f'width="{_n(width)}" height="{_n(height)}" role="img" font-family="{FONT}">'
        return "\n".join([head + size, f"<title>{escape(title)}</title>", *self._parts, "</svg>", ""])


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
