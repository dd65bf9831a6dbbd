"""URLs are split as `urllib.parse` splits them, with or without its help."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemap.push.url import plain_url, split_url

PIECES = st.lists(st.sampled_from([*"abz019.-_/:@?#[]%A ", "://", "http", "8080", "65536", "é"]), max_size=8).map(
    "".join
)


@given(st.sampled_from(["http://", "https://", "HTTP://", "ftp://", ""]), PIECES)
def test_a_url_has_the_parts_that_the_standard_library_finds(scheme: str, rest: str) -> None:
    url = scheme + rest
    try:
        parts = urlsplit(url)
        expected = (parts.scheme, parts.hostname, parts.port, parts.path, parts.query, parts.fragment)
        users = (parts.username, parts.password)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - with any message
            split_url(url)
        return

    found = split_url(url)

    assert (found[:6], found[6:]) == (expected, users)


@pytest.mark.parametrize("url", ["http://gateway", "https://gateway.example:9091/a/b", "http://10.0.0.1:80/"])
def test_a_plain_url_needs_no_help(url: str) -> None:
    assert plain_url(url) == split_url(url)


@pytest.mark.parametrize(
    "url", ["http://a:0", "http://a:65536", "http://a:", "http://u:p@a", "http://a/b?c", "ftp://a"]
)
def test_any_other_url_is_left_to_the_standard_library(url: str) -> None:
    assert plain_url(url) is None
