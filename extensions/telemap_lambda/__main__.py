"""Entry point for the launcher: find the packages, then register.

Every Python 3 must be able to parse this file, because the launcher may find an old one.
"""

import os
import sys


def _find_packages() -> None:
    """Put telemap and its dependencies on the path, before the standard library.

    In a layer, everything is in the folder that contains this package. In a checkout, the engine is next to
    `extensions/`, and the dependencies are in the virtual environment that `make` creates.
    """
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    sys.path.insert(0, folder)
    _open_bundle(folder + "/")
    if not os.path.isdir(os.path.join(folder, "telemap")):
        top = os.path.dirname(folder)
        version = "python%d.%d" % sys.version_info[:2]
        sys.path.insert(1, os.path.join(top, "engine"))
        sys.path.append(os.path.join(top, ".venv", "lib", version, "site-packages"))


def _open_bundle(folder: str) -> None:
    """Import from the layer's bundle, one file with the bytecode of all modules, if it is for this Python."""
    try:
        file = os.open("%smodules.%s.bundle" % (folder, sys.implementation.cache_tag), os.O_RDONLY)
    except OSError:
        return
    import marshal  # noqa: PLC0415 - a checkout has no bundle
    from _frozen_importlib_external import MAGIC_NUMBER  # noqa: PLC0415 - `importlib.util` is slow to import

    head = os.read(file, 8)  # as deploy/layer_bundle.py writes it: the magic number of the bytecode, and a size
    if head[:4] == MAGIC_NUMBER:
        finder, modules = marshal.loads(os.read(file, int.from_bytes(head[4:], "little")))  # noqa: S302 - as a .pyc
        exec(finder, {"file": file, "folder": folder, "modules": modules, "__name__": "layer_finder"})  # noqa: S102


def _start_newer_python(launcher: str) -> None:
    """Replace this process with a newer Python or, if there is none, with a shell that keeps the function alive."""
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        try:  # noqa: SIM105 - importing contextlib takes too long here
            os.execvp(name, [name, "-I", "-S", os.path.abspath(__file__), launcher])  # noqa: S606 - as the launcher does
        except OSError:
            pass
    os.execv("/bin/sh", ["/bin/sh", launcher, "--idle"])  # noqa: S606


if sys.version_info < (3, 11):
    _start_newer_python(sys.argv[1])
else:
    _find_packages()
    from telemap_lambda.start import main

    sys.exit(main(os.path.basename(sys.argv[1]), *map(int, sys.argv[2:])))
