"""Exceptions of the sandbox.

SandboxError
├── LayerError          the layer cannot be assembled from the installed packages
├── RecordingError      a recording cannot be read
└── EnvironmentFailed   the extension crashed, reported an error, or did not ask for its first event in time
"""

from __future__ import annotations

from telemap.errors import TelemapError


class SandboxError(TelemapError):
    """The sandbox failed."""


class LayerError(SandboxError):
    """The layer cannot be assembled."""


class RecordingError(SandboxError):
    """A recording cannot be read."""


class EnvironmentFailed(SandboxError):  # noqa: N818  (an outcome, in AWS's terms)
    """The execution environment failed to start, or ended early."""
