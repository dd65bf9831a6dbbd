"""A life that breaks a promise is shortened to what still breaks it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from simulation.play import play
from simulation.script import Post, Script, Setup, script_of
from simulation.shrink import shorten

from telemap_lambda.telemetry import posts

if TYPE_CHECKING:
    import pytest


def test_a_repeated_post_is_all_that_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count()
    monkeypatch.setattr(posts, "digest_of", lambda _: (next(numbers), 0))
    failing = next(script for script in map(script_of, range(1000)) if play(script).wrong)
    script = shorten(failing)

    assert play(script).wrong
    assert [post for post in script.posts if post.fate != "twice"] in ([], [Post()] * (len(script.posts) - 1))
    assert script.setup == Setup(delivery=script.setup.delivery)
    assert len(script.steps) < len(failing.steps) or len(failing.steps) <= 2


def test_a_life_that_breaks_nothing_is_not_shortened() -> None:
    script = Script(Setup(), script_of(1).steps, (), ())
    assert shorten(script) == script
