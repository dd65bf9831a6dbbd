"""The files named on the command line."""

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
from telemap.endless import ends
from telemap.errors import DecodeError, MappingError
from telemap.load import load
from telemap.recording import EventReader
from telemap.resources import SHIPPED, mapping_path, shipped_mappings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.model import Mapping

STDIN = "-"

NO_NAME: Final = "no such file: the name is empty"

_YAML: Final = (".yaml", ".yml")

_SKIPPED: Final = frozenset({"node_modules", "__pycache__"})
"""Directories with third-party files; hidden directories are skipped, too."""

_ENVIRONMENT: Final = "pyvenv.cfg"
"""The file that marks a Python virtual environment (PEP 405), which holds third-party packages."""


def yaml_files(folder: str) -> Iterator[str]:
    """Return the YAML files below a directory, sorted by name.

    Hidden files and directories, `node_modules` and virtual environments are skipped, except the directory itself.

    Raises:
        UsageError: a directory cannot be read.
    """
    for where, folders, files in os.walk(folder, onerror=_fail):
        if _ENVIRONMENT in files and where != folder:
            folders.clear()
            continue
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _SKIPPED)
        for name in sorted(files):
            if name.endswith(_YAML) and not name.startswith("."):
                yield os.path.normpath(os.path.join(where, name))  # noqa: PTH118 - Path keeps `..`


def _fail(error: OSError) -> None:
    raise UsageError(f"cannot read {error.filename}: {error.strerror}") from error


def is_third_party(name: str) -> bool:
    """Return whether a path is below a directory that `yaml_files` skips."""
    folders = [Path(name), *Path(name).parents]
    return any(one.name in _SKIPPED or (one != Path() and (one / _ENVIRONMENT).is_file()) for one in folders)


def read_bytes(name: str) -> bytes:
    """Read a file, or standard input for `-`.

    Raises:
        UsageError: the file cannot be read.
    """
    if name == STDIN:
        return _stdin().read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error


class RecordingFile:
    """An open recording.

    Args:
        stream: the file or pipe.

    Attributes:
        size: bytes in total; None if unknown.
        done: bytes read so far.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._read = getattr(stream, "read1", stream.read)
        self.size = _size(stream)
        self.done = 0

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes; none at the end."""
        piece: bytes = self._read(size)
        self.done += len(piece)
        return piece


def _size(stream: IO[bytes]) -> int | None:
    try:
        status = os.fstat(stream.fileno())
    except (AttributeError, OSError):  # not a file of the operating system
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


@contextmanager
def open_recording(name: str) -> Iterator[RecordingFile]:
    """Open a recording, or standard input for `-`.

    Raises:
        UsageError: the file cannot be opened.
    """
    if name == STDIN:
        yield RecordingFile(_stdin())
        return
    if not name:
        raise UsageError(NO_NAME)
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - closed below; only failing to open is a usage error
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
    with stream:
        yield RecordingFile(stream)


def read_recording(name: str) -> Iterator[Any]:
    """Yield the events of a recording, or of standard input for `-`.

    Raises:
        UsageError: the file cannot be opened.
        DecodeError: it is not a recording; the message names file and line.
    """
    with open_recording(name) as recording:
        yield from events_in(recording, name)


def events_in(recording: RecordingFile, name: str) -> Iterator[Any]:
    """Yield the events of an open recording.

    Args:
        recording: the recording.
        name: its name, for messages.

    Raises:
        DecodeError: it is not a recording; the message names file and line.
    """
    try:
        yield from EventReader(recording.read)
    except DecodeError as error:
        raise DecodeError(f"{name}: {error}{log_advice(name)}") from error


def require_recording_place(name: str) -> None:
    """Check that a recording may be written to a path: not over another kind of file, nor under a mapping's name.

    Raises:
        UsageError: it may not.
    """
    path = Path(name)
    try:
        ending = path.resolve().suffix
        is_other = path.is_file() and path.stat().st_size > 1 and not is_recording(path)
    except (OSError, ValueError, RuntimeError):  # writing fails, too, and is reported then
        return
    if ending in _YAML:
        raise UsageError(f"{name} has the name of a mapping: choose another name for the recording")
    if is_other:
        raise UsageError(f"{name} exists and is not a recording: choose another name")


def _stdin() -> IO[bytes]:
    if sys.stdin is None:  # closed by the parent
        raise UsageError("standard input is closed")
    return sys.stdin.buffer


def require_mapping(name: str) -> None:
    """Check that a name is that of a mapping.

    Raises:
        UsageError: it is not; the message suggests what to name instead.
    """
    if name == STDIN:
        raise UsageError("this command cannot read a mapping from standard input: name a file")
    if name.startswith(SHIPPED) and not mapping_path(name).is_file():
        raise UsageError(f"no shipped mapping {name!r}{_shipped_instead(name)}")
    if not name:
        raise UsageError(NO_NAME)
    try:
        is_folder = stat.S_ISDIR(mapping_path(name).stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the name
        raise UsageError(f"no such file: {name}{similar_mapping(name)}") from error
    except OSError as error:
        raise UsageError(f"cannot read {name}: {error.strerror}") from error
    if is_folder:
        raise UsageError(f"{name} is a directory{_within(name)}")
    if is_test(name):
        raise UsageError(f"{name} is a mapping test; run it with: telemap test {name}")


def is_test(name: str) -> bool:
    """Return whether a file is a mapping test, by its name."""
    return mapping_path(name).stem.endswith(".test")


def _shipped_instead(name: str) -> str:
    shipped = shipped_mappings()
    meant = nearest(name.removeprefix(SHIPPED), [one.removeprefix(SHIPPED) for one in shipped])
    return f"; did you mean {SHIPPED}{meant}?" if meant else f": telemap ships {', '.join(shipped)}"


def similar_mapping(name: str) -> str:
    """Suggest a mapping in the same directory, comparing names without their endings."""
    path = Path(name)
    try:
        files = {file.stem: file for file in sorted(path.parent.iterdir()) if file.suffix in _YAML}
    except (OSError, ValueError):
        return ""
    meant = nearest(path.stem, [stem for stem in files if not stem.endswith(".test")])
    return f"; did you mean {files[meant]}?" if meant else ""


def _within(folder: str) -> str:
    first = next((name for name in yaml_files(folder) if not is_test(name)), None)
    return f": name a mapping in it, such as {first}" if first else ", and it contains no mapping"


def load_or_show(name: str) -> Mapping | None:
    """Load a mapping and show its problems; return None if it has errors.

    Raises:
        UsageError: there is no such mapping.
    """
    from telemap.cli.problems import show  # noqa: PLC0415 - rich is slow to import, and `--help` does not need it

    require_mapping(name)
    try:
        mapping = load(name)
    except MappingError as error:
        show_errors(name, error)
        return None
    show(mapping.warnings)
    return mapping


def show_errors(name: str, error: MappingError) -> None:
    """Show why a mapping cannot be used, in particular if a recording was named instead."""
    from telemap.cli.problems import show  # noqa: PLC0415 - as above

    if is_recording(mapping_path(name)):
        help_ = "this looks like a recording: name the mapping first, then the recording, or use --events"
        show([replace(error.problems[0], help=help_)])
    else:
        show(error.problems)


def is_recording(path: Path) -> bool:
    """Return whether a file begins with a telemetry event."""
    try:
        if not ends(path):
            return False
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


def log_advice(name: str) -> str:
    """Return what to do with a file that is no recording, if it is a log from CloudWatch; empty otherwise."""
    from telemap.cloudwatch.recognising import looks_like_log  # noqa: PLC0415 - only for errors
    from telemap.recording.pieces import TextPieces  # noqa: PLC0415 - as above

    try:
        if name == STDIN or not ends(name):
            return ""
        with Path(name).open("rb") as stream:
            beginning = next(iter(TextPieces(stream.read)), "")
    except (OSError, ValueError, DecodeError):
        return ""
    return (
        "; it is a log from CloudWatch: 'telemap playground' turns it into events" if looks_like_log(beginning) else ""
    )
