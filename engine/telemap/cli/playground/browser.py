"""Open the page in the reader's browser, where there is one."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser


def can_open() -> bool:
    """Return whether a browser would show up before the reader's eyes.

    Over SSH, a browser would open on the other machine, if at all; without a display, `webbrowser` starts one that
    takes the terminal. `BROWSER` names what opens addresses, such as a remote editor's helper.
    """
    if os.environ.get("BROWSER"):
        return True
    if os.environ.get("SSH_CONNECTION") or os.environ.get("SSH_TTY"):
        return False
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_in_browser(address: str) -> None:
    """Open an address without waiting for the browser."""
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
