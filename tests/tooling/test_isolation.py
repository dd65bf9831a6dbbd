"""The guard of tests/support/isolation.py: whichever way a test starts a process or uses the network, it is refused."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[str], dict[str, str]]

pytestmark = pytest.mark.integration  # what these tests try, they do

REFUSAL = "not marked as `integration`"
SUBPROCESS = "subprocess.run(['true'], check=True)"
ATTEMPTS = {
    "starts a subprocess": SUBPROCESS,
    "forks": "(pid := os.fork()) and os.waitpid(pid, 0) or os._exit(0)",
    "calls os.system": "os.system('true')",
    "calls os.popen": "os.popen('true').close()",
    "calls os.posix_spawn": "os.waitpid(os.posix_spawnp('true', ['true'], {}), 0)",
    "calls os.spawnvp": "os.spawnvp(os.P_WAIT, 'true', ['true'])",
    "binds": "with socket.socket() as one: one.bind(('127.0.0.1', 0))",
    "connects": "with socket.socket() as one: one.connect_ex(('127.0.0.1', 1))",
    "sends": "with socket.socket(type=socket.SOCK_DGRAM) as one: one.sendto(b'', ('127.0.0.1', 1))",
    "looks up a host": "socket.getaddrinfo('localhost', 80)",
}


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Return a function that runs a test module under the guard, and returns the text of each failure by its test."""

    def run(module: str) -> dict[str, str]:
        pytester.makepyfile("import contextlib, os, socket, subprocess\nimport pytest\n\n" + textwrap.dedent(module))
        passed, _, failed = pytester.inline_run("-p", "isolation", "-p", "no:cacheprovider").listoutcomes()
        texts = {one.nodeid.rpartition("::")[2]: "" for one in passed}
        return texts | {one.nodeid.rpartition("::")[2]: one.longreprtext for one in failed}

    return run


def module_of(body: str) -> str:
    """Return a module with a test for each attempt, called by its name."""
    tests = (body.format(name=name.replace(" ", "_").replace(".", "_"), attempt=one) for name, one in ATTEMPTS.items())
    return "\n".join(tests)


def test_an_unmarked_test_fails_whatever_it_starts(run: Run) -> None:
    outcomes = run(module_of("def test_that_{name}():\n    {attempt}\n"))
    assert len(outcomes) == len(ATTEMPTS)
    assert [test for test, text in outcomes.items() if REFUSAL not in text] == []


def test_a_marked_test_may_start_anything(run: Run) -> None:
    outcomes = run(module_of("@pytest.mark.integration\ndef test_that_{name}():\n    {attempt}\n"))
    assert len(outcomes) == len(ATTEMPTS)
    assert set(outcomes.values()) == {""}


def test_an_unmarked_test_fails_that_swallows_the_refusal(run: Run) -> None:
    outcomes = run(module_of("def test_that_{name}():\n    with contextlib.suppress(Exception):\n        {attempt}\n"))
    assert len(outcomes) == len(ATTEMPTS)
    assert [test for test, text in outcomes.items() if REFUSAL not in text] == []


def test_a_fixture_is_refused_what_its_test_is(run: Run) -> None:
    outcomes = run(
        f"""
        @pytest.fixture
        def swallowing():
            with contextlib.suppress(Exception):
                {SUBPROCESS}

        @pytest.fixture
        def swallowing_at_the_end():
            yield
            with contextlib.suppress(Exception):
                {SUBPROCESS}

        def test_begin(swallowing):
            pass

        def test_end(swallowing_at_the_end):
            pass
        """
    )
    assert REFUSAL in outcomes["test_begin"]
    assert REFUSAL in outcomes["test_end"]


def test_tests_are_marked_that_use_a_fixture_that_starts_something(run: Run) -> None:
    outcomes = run(
        f"""
        @pytest.fixture(scope="module")
        def server(_integration):
            {SUBPROCESS}

        def test_that_uses_it(server):
            {SUBPROCESS}

        def test_that_does_not():
            {SUBPROCESS}
        """
    )
    assert outcomes["test_that_uses_it"] == ""
    assert REFUSAL in outcomes["test_that_does_not"]


def test_the_guard_is_on_duty_again_after_a_marked_test(run: Run) -> None:
    outcomes = run(
        f"""
        @pytest.mark.integration
        def test_marked():
            {SUBPROCESS}

        def test_unmarked():
            {SUBPROCESS}

        def test_that_does_nothing():
            pass
        """
    )
    assert outcomes["test_marked"] == outcomes["test_that_does_nothing"] == ""
    assert REFUSAL in outcomes["test_unmarked"]
