"""JSON values by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random

TEXTS = ("", "x" * 40, 'a"b\\c\n', "é😀[]{},:", "\\" * 3, '"' * 3, "\u2028")


def random_value(draw: random.Random, depth: int = 0) -> Any:
    kind = draw.randrange(9)
    if depth > 4 or kind < 4:
        return draw.choice((1, -2.5, True, None, *TEXTS))
    inner = [random_value(draw, depth + 1) for _ in range(draw.randrange(5))]
    return inner if kind < 6 else dict(zip(('a"', "", "[", "b\\"), inner, strict=False))
