"""A test that is not marked as `integration` starts no process and uses no network: the one that tries to, fails.

`make test-fast` leaves the marked ones out. A fixture that starts a process or a server requests
`_integration`, which marks every test that uses it; a test that does so itself carries the marker. No list of files or
folders says which tests these are: whoever forgets the marker is told by the first run.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_PROCESS_EVENTS = ("subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn")
_NETWORK_EVENTS = ("socket.bind", "socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.send")
_FORBIDDEN = _PROCESS_EVENTS + _NETWORK_EVENTS
"""How the names of Python's audit events begin: https://docs.python.org/3/library/audit_events.html."""


class NotIsolatedError(RuntimeError):
    """A test that is not marked as `integration` starts a process or uses the network."""


class Guard:
    """Refuses processes and sockets while it is on duty, and remembers what was refused.

    Code under test may catch any exception, so a refusal alone would not fail every test.
    """

    def __init__(self) -> None:
        self.on_duty = False
        self.refused: list[str] = []

    def audit(self, event: str, arguments: tuple[object, ...]) -> None:
        """Take an audit event; Python calls this for each one.

        Raises:
            NotIsolatedError: The event is a process that starts or a socket that is used.
        """
        if self.on_duty and event.startswith(_FORBIDDEN):
            what = f"{event}{arguments!r:.200}"
            self.refused.append(what)
            message = f"{what} in a test that is not marked as `integration` (see tests/support/isolation.py)"
            raise NotIsolatedError(message)


_GUARD = Guard()
sys.addaudithook(_GUARD.audit)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "integration: starts processes or uses the network; not in `make test-fast`")


@pytest.fixture(scope="session")
def _integration() -> None:
    """Mark as `integration` each test that uses the fixture that requests this one."""


def pytest_itemcollected(item: pytest.Item) -> None:
    if "_integration" in getattr(item, "fixturenames", ()):
        item.add_marker("integration")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _GUARD.on_duty = item.get_closest_marker("integration") is None
    try:
        return (yield)
    finally:
        _GUARD.on_duty = False


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    return (yield from _failing_if_refused())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    return (yield from _failing_if_refused())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    return (yield from _failing_if_refused())


def _failing_if_refused() -> Generator[None, object, object]:
    """Fail a phase of a test in which something was refused, whatever became of the refusal."""
    _GUARD.refused.clear()
    outcome = yield
    refused, _GUARD.refused = _GUARD.refused, []
    if refused:
        message = f"not marked as `integration`, but tries {refused[0]} (see tests/support/isolation.py)"
        pytest.fail(message, pytrace=False)
    return outcome
