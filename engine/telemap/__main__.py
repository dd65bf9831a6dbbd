"""The program `telemap`, which `python -m telemap` also runs."""

from __future__ import annotations

import sys

from telemap.cli import EXIT_PROBLEMS, main
from telemap.cli.output import say


def program() -> int:
    """Run the command line and return its exit code; report an unexpected exception in one line.

    In Python's development mode, it is raised, for its traceback.
    """
    try:
        return main()
    except Exception as error:
        if sys.flags.dev_mode:
            raise
        say(
            f"internal error in telemap: {type(error).__name__}: {error!s:.500}",
            "This is a bug: please report it, with the traceback that 'python -X dev -m telemap ...' prints.",
        )
        return EXIT_PROBLEMS


if __name__ == "__main__":
    sys.exit(program())
