"""Find the part of a parsed regex that makes it slow on some text.

If a loop can match the same text in two ways (*ambiguity*), the time can double with each character. To detect this,
number the characters of the loop's body, and record which can follow which (Glushkov's automaton). The loop is
ambiguous if two paths through it match the same text, diverge, and meet again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from telemap.regex.characters import ALL, characters, is_any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REPEATS = {"MAX_REPEAT", "MIN_REPEAT"}
_SEALED = {"ATOMIC_GROUP", "POSSESSIVE_REPEAT"}
"""Operators that never backtrack into what they have matched."""

_ASIDE = {"ASSERT", "ASSERT_NOT"}

MANY = 10
"""Number of repetitions from which a quantifier counts as a loop."""

_MAX_POSITIONS = 40
"""Maximum size of a loop that is analysed; a larger one counts as ambiguous if it contains a loop."""

Tokens: TypeAlias = list[tuple[Any, Any]]
"""Part of a parsed regex: operators and their arguments."""


@dataclass(slots=True)
class _Part:
    """Part of a regex: its possible first and last positions, as bits, and whether it can be empty."""

    first: int = 0
    last: int = 0
    empty: bool = True


@dataclass(slots=True)
class _Automaton:
    """The positions that can follow each other; `twice` if one can follow another, or nothing can match, in two ways.

    Attributes:
        masks: the characters at each position.
        follow: the positions that can follow each position, as bits.
    """

    flags: int
    masks: list[int] = field(default_factory=list)
    follow: list[int] = field(default_factory=list)
    twice: bool = False

    def sequence(self, tokens: Iterable[tuple[Any, Any]]) -> _Part:
        """Add a sequence of tokens."""
        whole = _Part()
        for operator, argument in tokens:
            whole = self._then(whole, self._token(str(operator), argument))
        return whole

    def loop(self, part: _Part) -> None:
        """Let a part repeat."""
        self._link(part.last, part.first)

    def _token(self, operator: str, argument: Any) -> _Part:
        mask = characters(operator, argument, self.flags)
        if mask is not None:
            return self._position(mask)
        if operator in _SEALED:
            return self._position(ALL)
        if operator in REPEATS:
            return self._repeat(*argument)
        if operator == "SUBPATTERN":
            return self.sequence(argument[3].data)
        if operator == "BRANCH":
            return self._either([self.sequence(branch.data) for branch in argument[1]])
        return _Part()

    def _position(self, mask: int) -> _Part:
        bit = 1 << len(self.masks)
        self.masks.append(mask)
        self.follow.append(0)
        return _Part(bit, bit, empty=False)

    def _repeat(self, least: Any, most: Any, body: Any) -> _Part:
        part = self.sequence(body.data)
        if int(most) >= MANY and least != most:
            self.loop(part)
        elif least != most and int(most) > 1:
            again = self.sequence(body.data)
            again.empty = True
            part = self._then(part, again)
        return _Part(part.first, part.last, part.empty or least == 0)

    def _then(self, left: _Part, right: _Part) -> _Part:
        self._link(left.last, right.first)
        return _Part(
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def _either(self, parts: list[_Part]) -> _Part:
        whole = _Part(empty=False)
        for part in parts:
            self.twice = self.twice or (whole.empty and part.empty)
            whole = _Part(whole.first | part.first, whole.last | part.last, whole.empty or part.empty)
        return whole

    def _link(self, ends: int, beginnings: int) -> None:
        for end in _numbers(ends):
            self.twice = self.twice or bool(self.follow[end] & beginnings)
            self.follow[end] |= beginnings

    def parts_and_meets(self) -> bool:
        """Return whether two paths that match the same text can diverge and meet again."""
        count = len(self.masks)
        alike = [
            sum(1 << other for other in range(count) if self.masks[one] & self.masks[other]) for one in range(count)
        ]
        seen = [1 << one for one in range(count)]
        pending = [(one, one) for one in range(count)]
        while pending:
            left, right = pending.pop()
            for one in _numbers(self.follow[left]):
                others = self.follow[right] & alike[one]
                if left != right and others >> one & 1:
                    return True
                pending += [(one, other) for other in _numbers(others & ~seen[one])]
                seen[one] |= others
        return False


def _numbers(bits: int) -> Iterator[int]:
    """Return the positions of the set bits."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


class Loops:
    """Find the loops of a parsed regex; each part is analysed once, at any depth.

    Args:
        flags: the flags of the regex.
    """

    def __init__(self, flags: int) -> None:
        self._flags = flags
        self._sizes: dict[int, int] = {}
        self._with_loop: dict[int, bool] = {}

    def find_ambiguous(self, tokens: Tokens) -> Tokens | None:
        """Return the body of a loop that can match the same text in two ways."""
        for operator, argument in tokens:
            if _is_long(operator, argument) and self._is_ambiguous(argument[2].data, int(argument[0])):
                body: Tokens = argument[2].data
                return body
            for inner in groups(argument):
                if (found := self.find_ambiguous(inner)) is not None:
                    return found
        return None

    def has_loop(self, tokens: Tokens) -> bool:
        """Return whether part of a regex has a loop that can be retried with fewer repetitions."""
        if id(tokens) not in self._with_loop:
            self._with_loop[id(tokens)] = any(
                _is_loop(operator, argument)
                or (str(operator) not in _SEALED | _ASIDE and any(map(self.has_loop, groups(argument))))
                for operator, argument in tokens
            )
        return self._with_loop[id(tokens)]

    def _is_ambiguous(self, body: Tokens, least: int) -> bool:
        if self._size(body) > _MAX_POSITIONS:
            return self.has_loop(body)
        automaton = _Automaton(self._flags)
        part = automaton.sequence(body)
        if part.empty and part.first and least >= MANY:
            return True  # any required repetition can be empty, as in `(a?){20}`
        automaton.loop(part)
        return automaton.twice or automaton.parts_and_meets()

    def _size(self, tokens: Tokens) -> int:
        if id(tokens) not in self._sizes:
            size = sum(1 + 2 * sum(map(self._size, groups(argument))) for _, argument in tokens)
            self._sizes[id(tokens)] = min(size, _MAX_POSITIONS + 1)
        return self._sizes[id(tokens)]


def _is_loop(operator: Any, argument: Any) -> bool:
    return str(operator) in REPEATS and int(argument[1]) >= MANY and argument[0] != argument[1]


def _is_long(operator: Any, argument: Any) -> bool:
    """Return whether something is repeated often, even a fixed number of times."""
    return str(operator) in REPEATS and int(argument[1]) >= MANY


def any_runs(tokens: Tokens, flags: int) -> int:
    """Count the unbounded repetitions of any character in one match."""
    return sum(_runs(str(operator), argument, flags) for operator, argument in tokens)


def _runs(operator: str, argument: Any, flags: int) -> int:
    if operator in _SEALED:
        return 0
    inner = [any_runs(group, flags) for group in groups(argument)]
    if operator == "BRANCH":
        return max(inner, default=0)
    if operator not in REPEATS:
        return sum(inner)
    least, most, body = argument
    if int(most) >= MANY and least != most and is_any(_one_character(body.data, flags)):
        return 1
    return sum(inner) * (int(most) if least == most else 1)


def same_side_by_side(tokens: Tokens, flags: int) -> bool:
    """Return whether two unbounded quantifiers of the same characters are adjacent."""
    before = 0
    for operator, argument in tokens:
        mask = 0
        if _is_loop(operator, argument):
            mask = _one_character(argument[2].data, flags)
        if mask and mask == before:
            return True
        before = mask
        if any(same_side_by_side(inner, flags) for inner in groups(argument)):
            return True
    return False


def _one_character(body: Tokens, flags: int) -> int:
    """Return the characters of a body that is a single character, in groups or not; otherwise none."""
    if len(body) != 1:
        return 0
    operator, argument = body[0]
    if str(operator) == "SUBPATTERN":
        return _one_character(argument[3].data, (flags | argument[1]) & ~argument[2])
    return characters(str(operator), argument, flags) or 0


def groups(argument: Any) -> Iterator[Tokens]:
    """Return the parsed groups in a token's argument; a plain list is a set of characters, which has none."""
    if type(argument).__name__ == "SubPattern":
        yield argument.data
    elif isinstance(argument, tuple):
        for item in argument:
            if type(item).__name__ == "SubPattern":
                yield item.data
            elif isinstance(item, list):
                yield from (branch.data for branch in item)
