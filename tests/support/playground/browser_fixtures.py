"""Tests of pytest for the tests of a file that runs in a browser."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
from servers.available import available

from playground.browser_tests import names_in, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_outcomes = functools.cache(run)
"""The tests of a file share a browser, so they run at once."""


def browser_test(file: str) -> Callable[..., None]:
    """Return a test for each test of a file in `tests/playground/browser`, with each back end."""
    cases: list[Any] = [
        pytest.param(backend, name, id=f"{backend}-{name}")
        for backend in ("static", "local")
        for name in names_in(file, backend)
    ]

    @pytest.mark.parametrize(("backend", "name"), cases)
    def test(built_playground: Path, backend: str, name: str) -> None:
        wrong = available(lambda: _outcomes(file, backend, built_playground))[name]
        if wrong:
            pytest.fail(wrong, pytrace=False)

    return test
