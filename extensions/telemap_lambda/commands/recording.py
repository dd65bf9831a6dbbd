"""Read the recording that a command plays in the sandbox."""

from __future__ import annotations

from telemap.cli.files import is_telemetry_event, no_telemetry, read_recording
from telemap_lambda.sandbox import Recording, RecordingError


def played(name: str) -> Recording:
    """Read a recording, or standard input for `-`.

    Raises:
        UsageError: it cannot be read.
        DecodeError: it is not a recording.
        RecordingError: it contains no telemetry events.
    """
    events = list(read_recording(name))
    if not any(map(is_telemetry_event, events)):
        raise RecordingError(
            f"{no_telemetry(name)}: an event is an object whose 'type' is a string, as the Telemetry API sends it"
        )
    return Recording.from_events(events)
