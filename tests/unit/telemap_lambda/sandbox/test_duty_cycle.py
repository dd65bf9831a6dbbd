"""The account that decides when to stop a process that is ahead of its share."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telemap_lambda.sandbox.duty_cycle import Account

SAVED = 0.02
SHARES = st.floats(0.01, 0.99)
LOOKS = st.lists(st.floats(0.002, 0.5), min_size=1, max_size=200)
"""Seconds between two looks; on a busy machine some come late."""


@given(SHARES, LOOKS)
def test_a_busy_process_gets_its_share(share: float, looks: list[float]) -> None:
    account, stopped, taken = Account(share), False, 0.0
    for passed in looks:
        took = 0.0 if stopped else passed
        taken += took
        stopped = account.is_overdrawn(passed, took)

    assert taken <= share * (sum(looks) + SAVED) + max(looks) + 1e-9


@given(SHARES, LOOKS)
def test_a_process_within_its_share_is_never_stopped(share: float, looks: list[float]) -> None:
    account = Account(share)

    assert not any(account.is_overdrawn(passed, 0.99 * share * passed) for passed in looks)


@given(st.floats(0.01, 0.8))
def test_a_stopped_process_continues_once_within_its_share(share: float) -> None:
    account = Account(share)
    assert account.is_overdrawn(1.0, 1.0)
    assert account.is_overdrawn(0.9 / share - 0.9 - SAVED, 0.0)
    assert not account.is_overdrawn(0.2 / share, 0.0)
