"""What can go wrong in a sandbox.

SandboxError
├── LayerError          the layer cannot be assembled from what is installed
├── RecordingError      a recording cannot be read
└── EnvironmentFailed   the extension crashed, gave up, or did not come to its first `next` in time
"""

from __future__ import annotations

from telemap.errors import TelemapError


class SandboxError(TelemapError):
    """Something of the sandbox failed."""


class LayerError(SandboxError):
    """The layer cannot be assembled."""


class RecordingError(SandboxError):
    """A recording cannot be read."""


class EnvironmentFailed(SandboxError):  # noqa: N818  (it is an outcome, in AWS's words)
    """The execution environment did not come up, or did not stay up."""
