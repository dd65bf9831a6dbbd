"""The recording that a command plays in the sandbox."""

from __future__ import annotations

from telemap.cli.files import STDIN, read_recording
from telemap_lambda.sandbox import Recording, RecordingError


def played(name: str) -> Recording:
    """Read a recording, or standard input for `-`.

    Raises:
        WrongUseError: it cannot be read.
        DecodeError: it is no recording.
        RecordingError: there is nothing in it that Lambda would send.
    """
    events = list(read_recording(name))
    if not any(isinstance(event, dict) and isinstance(event.get("type"), str) for event in events):
        where = "standard input" if name == STDIN else name
        raise RecordingError(
            f"there are no telemetry events in {where}: an event is an object with a text 'type', as the Telemetry API"
            " sends it"
        )
    return Recording.from_events(events)
