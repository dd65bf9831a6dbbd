"""The processors that Lambda functions run on, by the names that AWS, Debian and Linux have for each."""

from __future__ import annotations

import platform
from dataclasses import dataclass


@dataclass(frozen=True)
class Processor:
    """A processor.

    Attributes:
        aws: AWS's name, as in `--compatible-architectures`.
        debian: Debian's name, as in the names of packages.
        machine: Linux's name, as `uname -m` prints it.
        loader: the file name of glibc's dynamic loader.
    """

    aws: str
    debian: str
    machine: str
    loader: str

    @property
    def triplet(self) -> str:
        """Return the name of Debian's folders for its libraries."""
        return f"{self.machine}-linux-gnu"


PROCESSORS = (
    Processor("x86_64", "amd64", "x86_64", "ld-linux-x86-64.so.2"),
    Processor("arm64", "arm64", "aarch64", "ld-linux-aarch64.so.1"),
)


def this_processor() -> Processor | None:
    """Return this machine's processor; None if Lambda has no such, or this is not Linux."""
    if platform.system() != "Linux":
        return None
    return next((one for one in PROCESSORS if one.machine == platform.machine()), None)
