"""Lives in simulated time, each drawn from a seed: none breaks a promise. `make simulate` plays more of them."""

from __future__ import annotations

import pytest
from simulation.play import play
from simulation.script import script_of

_SEEDS = 600
_CHUNK = 100


@pytest.mark.parametrize("first", range(0, _SEEDS, _CHUNK))
def test_no_life_breaks_a_promise(first: int) -> None:
    wrong = {seed: play(script_of(seed)).wrong for seed in range(first, first + _CHUNK)}
    assert {seed: lines for seed, lines in wrong.items() if lines} == {}, "tell one by: make simulate SEED=NUMBER"


def test_a_seed_always_plays_the_same_life() -> None:
    story = [line for line in play(script_of(7)).story if "log:" not in line]  # the log has the time of day
    assert [line for line in play(script_of(7)).story if "log:" not in line] == story
