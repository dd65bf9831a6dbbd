from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telemap.remote_write.steps import earlier_times

NOW = 1_767_225_600_000


def test_a_new_series_gets_all_earlier_values_one_second_apart() -> None:
    assert earlier_times(NOW, 0, 3) == (NOW - 2001, NOW - 1001, NOW - 1)


def test_a_series_that_was_quiet_for_a_minute_is_as_good_as_new() -> None:
    assert len(earlier_times(NOW, NOW - 60_000, 10)) == 10
    assert len(earlier_times(NOW, NOW - 59_999, 10)) == 2


def test_a_busy_series_gets_a_fifth_and_at_least_one() -> None:
    assert earlier_times(NOW, NOW - 5000, 10) == (NOW - 1001, NOW - 1)
    assert earlier_times(NOW, NOW - 5000, 1) == (NOW - 1,)
    assert earlier_times(NOW, NOW - 5000, 50) == tuple(NOW - 1 - 1000 * back for back in (4, 3, 2, 1, 0))


def test_none_is_at_or_before_the_last_sample() -> None:
    assert earlier_times(NOW, NOW - 1001, 10) == (NOW - 1,)
    assert earlier_times(NOW, NOW - 1, 10) == ()
    assert earlier_times(NOW, NOW - 2, 10) == (NOW - 1,)


@given(st.integers(1, 200_000), st.integers(1, 50))
def test_times_lie_between_the_last_sample_and_the_new_one(ago: int, steps: int) -> None:
    times = earlier_times(NOW, NOW - ago, steps)
    assert all(NOW - ago < time < NOW for time in times)
    assert list(times) == sorted(set(times))
    assert times or ago == 1
