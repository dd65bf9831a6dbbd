"""Find levels in lines that do not begin with one: logfmt, two lines, syslog's numbers, PHP's own, objects in print."""

from __future__ import annotations

import re
from typing import Final

from telemap.runtime.log_levels import LEVEL_OF_WORD, SYSLOG, level_of_word

_LEVEL_PAIR: Final = re.compile(
    r"""(?:^|[\s,;|])(?:level|lvl|log_?level|log\.level|severity|@level)=["']?([A-Za-z]+(?:[+-]\d+)?)(?=["'\s,;|]|$)""",
    re.IGNORECASE,
)

_TWO_LINES: Final = re.compile(r"(?:[A-Z][a-z]{2} \d|\d)[^\r\n]{0,300}[\r\n]+([A-Z]{4,13}): ")
"""java.util.logging and tinylog write time and place on one line, level and message on the next."""

_SYSLOG: Final = re.compile(r"<(\d{1,3})>")

_PHP: Final = re.compile(r"(?:\[[^\]\n]{1,60}\] )?PHP ([A-Z][a-z]+(?: [a-z]+){0,2}): ")
_SHOWN_BY_PHP: Final = re.compile(r"\s*([A-Z][a-z]+(?: [a-z]+){0,2}): .* in \S+ on line \d+")
_PHP_LEVELS: Final = {
    **dict.fromkeys(("Fatal error", "Parse error", "Core error", "Compile error"), "fatal"),
    **dict.fromkeys(("Recoverable fatal error", "Catchable fatal error", "User error"), "error"),
    **dict.fromkeys(("Warning", "Core warning", "Compile warning", "User warning"), "warn"),
    **dict.fromkeys(("Deprecated", "User deprecated"), "warn"),
    **dict.fromkeys(("Notice", "User notice", "Strict standards"), "info"),
}

_INSPECTED: Final = re.compile(r"""\{[^{}\[\]]{0,400}?(?<![\w.-])['"]?level['"]?: ['"](\w+)['"]""")
"""An object as Node's console, winston's prettyPrint or Python's print write it, or JSON that was cut off."""


CLIENT_WARNING: Final = "LAMBDA_WARNING: "
"""The beginning of warnings of Python's client. In container images, the error may follow in the same record."""


def level_with_error(text: str) -> str:
    """Return the level of a record that begins with a warning of Python's client."""
    return "error" if "\n[ERROR] " in text or "\r[ERROR] " in text else "warn"


def level_of_odd_line(head: str, *, begins_with_pair: bool) -> str | None:
    """Return the level of the beginning of a line.

    Args:
        head: the beginning, without colours.
        begins_with_pair: whether the line begins with a pair of logfmt, maybe behind a time.
    """
    if "=" in head and (begins_with_pair or head.count("=") > 1) and (pair := _LEVEL_PAIR.search(head)):
        return level_of_word(pair[1])
    if ("\n" in head or "\r" in head) and (two := _TWO_LINES.match(head)):
        return LEVEL_OF_WORD.get(two[1].lower())
    if head[:1] == "<" and (found := _SYSLOG.match(head)):
        return SYSLOG[int(found[1]) % 8]
    form = _PHP if "PHP " in head else _SHOWN_BY_PHP if " on line " in head else None
    found = form.match(head) if form else None
    return _PHP_LEVELS.get(found[1]) if found else None


def level_of_inspected(text: str) -> str | None:
    """Return the level at the root of an object that is written, but not as JSON."""
    found = _INSPECTED.match(text)
    return level_of_word(found[1]) if found else None
