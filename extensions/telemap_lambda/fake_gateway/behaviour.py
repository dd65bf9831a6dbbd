"""The ways in which an embedded gateway can misbehave."""

from __future__ import annotations

import enum


class Behaviour(enum.Enum):
    """How the gateway treats requests.

    NORMAL, SLOW, TRICKLE and LOST_ANSWER do what they are asked; all others leave the metrics alone.
    """

    NORMAL = "normal"
    SLOW = "slow"  # does what it is asked, and answers after `delay_seconds`
    TRICKLE = "trickle"  # does what it is asked, and answers a byte a second, from the status line on
    LOST_ANSWER = "lost answer"  # does what it is asked, and closes the connection without an answer
    LYING = "lying"  # says that a push or deletion was done, and does nothing; reading works
    ECHO = "echo"  # refuses with 400, in words that hold the request's Authorization header
    HANG = "hang"  # reads the request and never answers
    RESET = "reset"  # reads the request and resets the connection
    STATUS_401 = "401"
    STATUS_500 = "500"
    REDIRECT = "redirect"  # to another host, 302
