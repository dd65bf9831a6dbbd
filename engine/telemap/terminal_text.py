r"""Make text from events, files and gateways safe for terminals and logs.

A control character can move a terminal's cursor or rename its window, a line feed can start a forged line, and
bidirectional and invisible characters make text look like other text. All of them become escapes such as `\x1b`.
"""

from __future__ import annotations

import re
from typing import Final

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}

_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Invisible characters that `str.isprintable` considers printable.

They have the property Default_Ignorable_Code_Point (Unicode Standard, section 5.21).
"""

_CI_COMMAND: Final = re.compile(r"^( *):(?=:)|(#)#(?=\w*\[)")
"""Beginnings of commands to CI systems: `::error::` of GitHub Actions at the start of a line; its older `##[error]`,
`##vso[` of Azure Pipelines and `##teamcity[` anywhere."""


def terminal_text(text: str) -> str:
    """Return text on one line, with escapes for all characters that are not visible as themselves.

    Backslashes stay unchanged, because the result is for people and is never decoded.
    """
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text
    return "".join(map(_visible, text))


def terminal_line(text: str) -> str:
    """Return a line of output, escaped as by `terminal_text` and so that it is not a command to a CI system."""
    return _CI_COMMAND.sub(_defused, terminal_text(text))


def _visible(character: str) -> str:
    if character.isprintable() and not _INVISIBLE.match(character):
        return character
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _defused(match: re.Match[str]) -> str:
    return "#\\x23" if match[2] else f"{match[1]}\\x3a"
