"""Recognise a log by its beginning, to tell who takes it for a recording."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(
    r"(?:START|END|REPORT) RequestId: |INIT_START\s+Runtime Version: "
    r'|"(?:logStreamName|ingestionTime|@message)"|"field"\s*:\s*"@|^"?@?timestamp"?,"?@?message"?',
    re.MULTILINE,
)


def looks_like_log(beginning: str) -> bool:
    """Return whether a text that is no recording seems to be a log from CloudWatch.

    Args:
        beginning: some thousand characters.
    """
    return _MARK.search(beginning) is not None
