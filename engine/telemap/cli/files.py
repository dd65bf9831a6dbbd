"""The files that commands are given."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from telemap.cli import UsageError
from telemap.cli.arguments import nearest
from telemap.errors import DecodeError, MappingError
from telemap.load import load
from telemap.recording import EventReader
from telemap.resources import SHIPPED, mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import Mapping

STDIN = "-"

_YAML: Final = (".yaml", ".yml")

_PASSED_OVER: Final = frozenset({"node_modules", "__pycache__"})
"""Folders that hold other people's files, as those do whose names begin with a dot."""

_ENVIRONMENT: Final = "pyvenv.cfg"
"""What a virtual environment of Python has at its top (PEP 405): the packages in it are other people's."""


def yaml_files(folder: str) -> Iterator[str]:
    """Return the YAML files below a folder, in the order of their names.

    Hidden files and folders, `node_modules` and virtual environments are passed over, but for the folder itself.

    Raises:
        UsageError: a folder cannot be read, so that nobody knows what is in it.
    """
    for where, folders, files in os.walk(folder, onerror=_refuse):
        if _ENVIRONMENT in files and where != folder:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _PASSED_OVER)
        for name in sorted(files):
            if name.endswith(_YAML) and not name.startswith("."):
                yield os.path.normpath(os.path.join(where, name))  # noqa: PTH118 - Path keeps `..`


def _refuse(error: OSError) -> None:
    raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error


def is_foreign(name: str) -> bool:
    """Return whether a path is within one of the folders that `yaml_files` passes over."""
    folders = [Path(name), *Path(name).parents]
    return any(one.name in _PASSED_OVER or (one != Path() and (one / _ENVIRONMENT).is_file()) for one in folders)


def read_bytes(name: str) -> bytes:
    """Read a file, or standard input for `-`.

    Raises:
        UsageError: it cannot be read.
    """
    if name == STDIN:
        return _stdin().read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


class RecordingFile:
    """A recording that is read.

    Args:
        stream: what it is read from.

    Attributes:
        size: bytes that there are; None where that cannot be known.
        done: bytes that were read.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self.size = _size(stream)
        self.done = 0

    def read(self, size: int) -> bytes:
        """Read so many bytes or less; none at the end."""
        piece: bytes = self._read(size)
        self.done += len(piece)
        return piece


def _size(stream: IO[bytes]) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except (AttributeError, OSError):  # no file of the system's
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


@contextmanager
def open_recording(name: str) -> Iterator[RecordingFile]:
    """Open a recording, or standard input for `-`.

    Raises:
        UsageError: it cannot be opened.
    """
    if name == STDIN:
        yield RecordingFile(_stdin())
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - it is closed below; only failing to open is wrong use
    except OSError as error:
        raise UsageError(f"cannot read {name or 'a file without a name'}: {error.strerror}") from error
    with stream:
        yield RecordingFile(stream)


def read_recording(name: str) -> Iterator[Any]:
    """Return the events of a recording, or those of standard input for `-`, one at a time.

    Raises:
        UsageError: it cannot be read.
        DecodeError: it is no recording; the message names file and line.
    """
    with open_recording(name) as recording:
        try:
            yield from EventReader(recording.read)
        except DecodeError as error:
            raise DecodeError(f"{name}: {error}") from error


def require_recording_place(name: str) -> None:
    """Refuse to write a recording where something else is, or will be by its name; links are followed.

    Raises:
        UsageError: the place is taken.
    """
    path = Path(name)
    try:
        ending = path.resolve().suffix
        is_other = path.is_file() and path.stat().st_size > 1 and not is_recording(path)
    except (OSError, ValueError, RuntimeError):  # it cannot be written either, which is told then
        return
    if ending in _YAML:
        raise UsageError(f"{name} has the name of a mapping: choose another for a recording")
    if is_other:
        raise UsageError(f"{name} exists and is not a recording: choose another name")


def _stdin() -> IO[bytes]:
    if sys.stdin is None:  # closed by whoever started the command
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def require_mapping(name: str) -> None:
    """Refuse what is no name of a mapping that is there.

    Raises:
        UsageError: there is no such file, it cannot be reached, or it is something else; the message says what to
            name instead.
    """
    if name == STDIN:
        raise UsageError("a mapping cannot come from standard input here: write it to a file, and name that")
    if name.startswith(SHIPPED) and not mapping_path(name).is_file():
        raise UsageError(f"no shipped mapping {name!r}{_shipped_instead(name)}")
    if not name:
        raise UsageError("no such file: the name is empty")
    try:
        is_folder = stat.S_ISDIR(mapping_path(name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"no such file: {name}{_beside(name)}") from error
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
    if is_folder:
        raise UsageError(f"{name} is a directory{_within(name)}")
    if is_test(name):
        raise UsageError(f"{name} is a mapping test; run it with: telemap test {name}")


def is_test(name: str) -> bool:
    """Return whether a file is the test of a mapping, by its name."""
    return mapping_path(name).stem.endswith(".test")


def _shipped_instead(name: str) -> str:
    shipped = shipped_mappings()
    meant = nearest(name.removeprefix(SHIPPED), [one.removeprefix(SHIPPED) for one in shipped])
    return f"; did you mean {SHIPPED}{meant}?" if meant else f": telemap ships {', '.join(shipped)}"


def _beside(name: str) -> str:
    """Ask whether a mapping in the same folder was meant: names are compared without their endings."""
    path = Path(name)
    try:
        files = {file.stem: file for file in sorted(path.parent.iterdir()) if file.suffix in _YAML}
    except (OSError, ValueError):
        return ""
    meant = nearest(path.stem, [stem for stem in files if not stem.endswith(".test")])
    return f"; did you mean {files[meant]}?" if meant else ""


def _within(folder: str) -> str:
    first = next((name for name in yaml_files(folder) if not is_test(name)), None)
    return f": name one mapping in it, such as {first}" if first else ", and there is no mapping in it"


def load_or_show(name: str) -> Mapping | None:
    """Load a mapping, and show what is wrong with it; None when it cannot be used.

    Raises:
        UsageError: there is no such mapping.
    """
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` needs none of it

    require_mapping(name)
    try:
        mapping = load(name)
    except MappingError as error:
        show_faults(name, error)
        return None
    show(mapping.warnings)
    return mapping


def show_faults(name: str, error: MappingError) -> None:
    """Show why a mapping cannot be used; of a recording that was named in its place, that it is one."""
    from telemap.cli.problems import show  # noqa: PLC0415 - as above

    if is_recording(mapping_path(name)):
        help_ = "this looks like a recording: name the mapping first, then the recording, or use --events"
        show([replace(error.problems[0], help=help_)])
    else:
        show(error.problems)


def is_recording(path: Path) -> bool:
    """Return whether a file begins with an event."""
    try:
        with path.open("rb") as stream:
            return is_telemetry_event(next(iter(EventReader(stream.read)), None))
    except (OSError, DecodeError):
        return False


def is_telemetry_event(value: Any) -> bool:
    """Return whether a value is an object with a text `type`, as the Telemetry API sends them."""
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def no_telemetry(name: str) -> str:
    """Return the message about a recording without a telemetry event."""
    return f"no telemetry events in {'standard input' if name == STDIN else name}"
