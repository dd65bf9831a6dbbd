"""Where Pyodide would install packages; none are."""

from pathlib import PurePosixPath

SITE_PACKAGES = PurePosixPath("/lib/python3.14/site-packages")
DSO_DIR = PurePosixPath("/usr/lib")


def init_loaded_packages() -> None:
    """Find no packages."""
