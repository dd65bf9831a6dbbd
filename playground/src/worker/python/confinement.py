"""Take from Python the ways to JavaScript that Pyodide gives it.

The engine uses none. `js` is empty from the start; `pyodide_js`, which is Pyodide itself, goes here, and so does the
finder that would import either.
"""

from __future__ import annotations

import gc
import sys


def confine() -> None:
    """Forget all modules that are JavaScript objects, and who finds them."""
    from _pyodide import _importhook  # type: ignore[import-not-found]  # noqa: PLC0415 - only in Pyodide

    _importhook.jsfinder.jsproxies.clear()
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__module__ != _importhook.__name__]
    for name in [name for name in sys.modules if name.partition(".")[0] in {"js", "pyodide_js"}]:
        del sys.modules[name]
    gc.collect()
