"""Remove secrets from text: a gateway may echo what it was sent, a library what it has read."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Final

from telemap.push.readings import LOST, PLUS, SPACE, fold, levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from telemap.push.readings import Level, Reading

_REDACTED: Final = "***"

_SHORT: Final = 4
"""Shorter secrets are removed only as whole words; otherwise little would be left of any text."""

_MAX_STEPS: Final = 5_000
"""Steps after which the whole text is removed, because it was crafted to be slow."""

_USER_INFO: Final = re.compile(r"(?<=://)[^\s\"'<>]*(?=@)")
"""The user info of a URL, even with unencoded `/` and `#`."""

_WORD: Final = re.compile(r"\w")


class Redaction:
    """Replaces secrets, however they are escaped or encoded.

    Args:
        texts: the secrets.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        forms = {form: None for text in texts for form in _forms(text)}
        self._secrets = [secret for secret in map(_Secret, forms) if secret.text]

    def __call__(self, text: str, *, cut: bool = False) -> str:
        """Return a text with secrets replaced.

        Args:
            text: the text, already shortened and cleaned, because both may join the pieces of a secret.
            cut: whether the text was shortened, so that it may end with the beginning of a secret.
        """
        spans = [match.span() for match in _USER_INFO.finditer(text)]
        if self._secrets:
            for level in levels(text):
                found = (span for secret in self._secrets for span in secret.find(level, cut=cut))
                spans += ((level.spans[start], level.spans[end]) for start, end in found)
        return _without(text, spans)


class _Secret:
    """A form of a secret.

    Attributes:
        text: the folded secret, without white space and invisible characters.
    """

    def __init__(self, secret: str) -> None:
        self.text = ""
        self._gaps: set[int] = set()
        self._foreign: dict[int, int] = {}
        if secret.isascii() and secret.isprintable() and SPACE not in secret:
            self.text = secret.lower()
        else:
            self._fold(secret)
        self._is_short = len(self.text) < _SHORT

    def _fold(self, secret: str) -> None:
        for character in secret:
            folded = fold(character)
            if folded in {"", SPACE}:
                self._gaps.add(len(self.text))
            elif not character.isascii():
                self._foreign[len(self.text)] = len(self.text) + len(folded)
            self.text += folded.strip()

    def find(self, level: Level, *, cut: bool) -> Iterator[tuple[int, int]]:
        """Yield the spans of the secret in the readings of a text, and of its beginning at the text's end.

        Each character of the secret is tried once at each position.
        """
        seen: set[tuple[int, int]] = set()
        for start in self._starts(level):
            if self._is_short:
                seen.clear()  # whether it is a word depends on its start
            elif len(seen) > _MAX_STEPS:
                yield 0, len(level.text)
                return
            states = [state for state in self._after(0, level.readings[start]) if state[0]]
            while states:
                matched, at = state = states.pop()
                if state in seen:
                    continue
                seen.add(state)
                if matched == len(self.text):
                    if not self._is_short or _is_word(level.text, start, at):
                        yield start, at
                    continue
                if at in level.ends if cut else at == len(level.text) and matched >= _SHORT:
                    yield start, len(level.text)
                if at < len(level.text):
                    states += self._after(matched, level.readings[at])

    def _starts(self, level: Level) -> Iterable[int]:
        starts = level.beginnings.get(self.text[0], ())
        return sorted({*starts, *level.beginnings.get(LOST, ())}) if 0 in self._foreign else starts

    def _after(self, matched: int, readings: Iterable[Reading]) -> Iterator[tuple[int, int]]:
        """Yield the number of matched characters after each matching reading, and the position of the next one."""
        for text, end in readings:
            if not text:
                yield matched, end
            elif text == SPACE:
                if not self._is_short or matched in self._gaps:
                    yield matched, end
            elif text == PLUS:
                if matched in self._gaps:
                    yield matched, end
            elif text == LOST:
                if matched in self._foreign:
                    yield self._foreign[matched], end
            elif self.text.startswith(text, matched):
                yield matched + len(text), end


def _is_word(text: str, start: int, end: int) -> bool:
    return not (start and _WORD.match(text, start - 1)) and not _WORD.match(text, end)


def _forms(text: str) -> Iterator[str]:
    """Yield a text as is, unescaped, and as part of base64 and hexadecimal text."""
    yield from (level.text for level in levels(text))
    data = text.encode(errors="replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode().rstrip("=")
        if len(data) >= _SHORT:
            for before in range(3):  # preceding bytes in a group of three
                encoded = encode(bytes(before) + data).decode()
                yield encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
    if len(data) >= _SHORT - 1:
        yield data.hex()


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Replace spans of a text, merging adjacent ones."""
    kept: list[str] = []
    at = -1
    for start, end in sorted(spans):
        if start > at:
            kept += [text[max(at, 0) : start], _REDACTED]
        at = max(at, end)
    return "".join([*kept, text[max(at, 0) :]])
