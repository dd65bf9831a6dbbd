"""What to do about a server that a test needs and this machine does not have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

import pytest
from servers.process import OptionalServerMissingError, ServerMissingError

if TYPE_CHECKING:
    from collections.abc import Callable

Made = TypeVar("Made")


def available(make: Callable[[], Made]) -> Made:
    """Make what a test needs. Where this machine cannot, skip the test, but fail it in continuous integration."""
    try:
        return make()
    except OptionalServerMissingError as error:
        pytest.skip(str(error))
    except ServerMissingError as error:
        missing = str(error)
    if os.environ.get("CI") == "true":
        pytest.fail(f"{missing} (where CI is not true, this is a skip)", pytrace=False)
    pytest.skip(f"{missing}; `make test` sets up what it can")
