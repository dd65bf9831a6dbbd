"""The ways in which the fake gateway can misbehave."""

from __future__ import annotations

import enum


class Behaviour(enum.Enum):
    """How the gateway treats requests.

    NORMAL, SLOW, TRICKLE and LOST_ANSWER carry out requests; all others leave the metrics unchanged.
    """

    NORMAL = "normal"
    SLOW = "slow"  # carries out the request, and answers after `delay_seconds`
    TRICKLE = "trickle"  # carries out the request, and answers at one byte per second, including the status line
    LOST_ANSWER = "lost answer"  # carries out the request, and closes the connection without an answer
    LYING = "lying"  # acknowledges pushes and deletions, and does nothing; reading works
    ECHO = "echo"  # answers 400 with a text that contains the request's Authorization header
    HANG = "hang"  # reads the request and never answers
    RESET = "reset"  # reads the request and resets the connection
    STATUS_401 = "401"
    STATUS_500 = "500"
    REDIRECT = "redirect"  # to another host, 302
