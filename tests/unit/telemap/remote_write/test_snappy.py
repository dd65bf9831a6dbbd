from __future__ import annotations

import pytest

from telemap.remote_write.snappy import block
from telemap_lambda.fake_database.decoding import uncompress


@pytest.mark.parametrize("length", [0, 1, 59, 60, 61, 127, 128, 255, 256, 257, 65_535, 65_536, 65_537, 4_200_000])
def test_a_block_is_its_data_as_one_literal(length: int) -> None:
    data = bytes(number * 7 & 0xFF for number in range(min(length, 1000))) * (length // 1000 + 1)
    assert uncompress(block(data[:length])) == data[:length]


def test_the_blocks_bytes() -> None:
    assert block(b"") == b"\x00"
    assert block(b"abc") == b"\x03\x08abc"
    assert block(b"x" * 61) == b"\x3d\xf0\x3c" + b"x" * 61
    assert block(b"x" * 300)[:5] == b"\xac\x02\xf4\x2b\x01"
