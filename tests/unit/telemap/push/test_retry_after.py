from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from telemap.push.retry_after import seconds_until


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0),
        ("", 0),
        ("30", 30),
        (" 7 ", 7),
        ("0", 0),
        ("-1", 0),
        ("1.5", 0),
        ("soon", 0),
        ("٣", 0),
        ("9" * 99, 9_999_999_999),
    ],
)
def test_a_number_is_seconds(header: str | None, seconds: float) -> None:
    assert seconds_until(header) == seconds


def test_a_date_is_when() -> None:
    assert 50 < seconds_until(formatdate(time.time() + 60, usegmt=True)) <= 60
    assert seconds_until(formatdate(time.time() - 60, usegmt=True)) == 0
    assert seconds_until("Mon, 99 Xyz 20260 99:99:99 GMT") == 0
