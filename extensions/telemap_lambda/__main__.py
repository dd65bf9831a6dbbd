"""What the launcher starts: find the packages, then register.

Until the first test this file must be readable by every Python 3, because it may meet an old one.
"""

import os
import sys


def _find_packages() -> None:
    """Put telemap and what it needs on the path, in front of the standard library.

    In a layer all lies in one folder, the one that this package is in. In a checkout the engine lies beside
    `extensions/`, and what is not ours in the virtual environment that `make` sets up.
    """
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(0, folder)
    if not os.path.isdir(os.path.join(folder, "telemap")):
        top = os.path.dirname(folder)
        version = "python%d.%d" % sys.version_info[:2]
        sys.path.insert(1, os.path.join(top, "engine"))
        sys.path.append(os.path.join(top, ".venv", "lib", version, "site-packages"))


def _start_newer_python(launcher: str) -> None:
    """Give way to a newer Python, or else to the shell, which keeps the function alive without."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        try:  # noqa: SIM105 - contextlib is not worth its import here
            os.execvp(name, [name, "-I", "-S", os.path.abspath(__file__), launcher])  # noqa: S606 - as the launcher did
        except OSError:
            pass
    os.execv("/bin/sh", ["/bin/sh", launcher, "--idle"])  # noqa: S606


if sys.version_info < (3, 11):
    _start_newer_python(sys.argv[1])
else:
    _find_packages()
    from telemap_lambda.start import main

    sys.exit(main(os.path.basename(sys.argv[1])))
