"""Do what a Dockerfile says, as far as ours says anything: stages are folders, and commands run with paths in them."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROOTED = re.compile(r"(?<![\w.$-])/(?=(opt|var)\b)")
THIS_ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
"""Docker's name of this machine's processor."""

_LAMBDA_IMAGE = {"LAMBDA_TASK_ROOT": "/var/task"}
"""What AWS's base images set."""


@dataclass
class Stage:
    """What a stage has come to.

    Attributes:
        base: the image, or the stage, that it began with.
        root: its files.
        environment: its variables.
        command: what it runs; the arguments of the entry point, if there is one.
        entrypoint: the program that it runs, if it names one.
        user: who runs it.
        directory: where it runs.
    """

    base: str
    root: Path
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    entrypoint: list[str] = field(default_factory=list)
    user: str = "root"
    directory: str = "/"


def instructions(dockerfile: Path) -> Iterator[tuple[str, str]]:
    """Return the instructions of a Dockerfile, without comments."""
    text = re.sub(r"^#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def build(
    dockerfile: Path,
    context: Path,
    scratch: Path,
    environment: Mapping[str, str] | None = None,
    architecture: str = THIS_ARCHITECTURE,
) -> dict[str, Stage]:
    """Build all stages.

    Args:
        dockerfile: what to do.
        context: where `COPY` finds what is no stage's.
        scratch: an empty folder for the stages.
        environment: variables of the machine that builds, for `RUN`.
        architecture: Docker's name of the processor to build for.

    Returns:
        The stages by name.
    """
    stages: dict[str, Stage] = {}
    arguments = {"TARGETARCH": architecture}  # BuildKit sets it
    stage = Stage("", scratch)
    for word, rest in instructions(dockerfile):
        if word == "ARG":
            name, _, default = rest.partition("=")
            arguments[name] = _filled(default, arguments)
        elif word == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = stages[name] = Stage(_filled(base, arguments), scratch / name)
            if stage.base in stages:
                shutil.copytree(stages[stage.base].root, stage.root)
            else:
                stage.root.mkdir()
            if "/lambda/" in stage.base:
                stage.environment.update(_LAMBDA_IMAGE)
        elif word == "COPY":
            _copy(shlex.split(_filled(rest, stage.environment)), stage, stages, context)
        elif word == "RUN":
            _run(rest, stage, environment or {})
        else:
            _describe(word, rest, stage)
    return stages


def _describe(word: str, rest: str, stage: Stage) -> None:
    """Set what a stage says of the container that runs it."""
    if word == "ENV":
        name, _, value = rest.partition("=")
        stage.environment[name] = value
    elif word == "CMD":
        stage.command = json.loads(rest)
    elif word == "ENTRYPOINT":
        stage.entrypoint = json.loads(rest)
    elif word == "USER":
        stage.user = rest
    elif word == "WORKDIR":
        stage.directory = rest
    else:
        raise ValueError(f"{word} is not known here")


def _filled(text: str, values: dict[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda match: values[match[1]], text)


def _copy(words: list[str], stage: Stage, stages: dict[str, Stage], context: Path) -> None:
    origin = context
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).removeprefix("--from=")].root
    *sources, target = words
    into = stage.root / target.lstrip("/")
    found = [path for name in sources for path in sorted(origin.glob(name.strip("/")))]
    assert len(found) >= len(sources), sources
    for source in found:
        if source.is_dir():
            shutil.copytree(source, into, dirs_exist_ok=True, symlinks=True)
        else:
            path = into / source.name if target.endswith("/") else into
            path.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, path)


def _run(command: str, stage: Stage, environment: Mapping[str, str]) -> None:
    """Run a command of the image's; its Python is the one of the tests."""
    here = _ROOTED.sub(f"{stage.root}/", command)
    path = f"{Path(sys.executable).parent}:{os.defpath}"
    subprocess.run(["sh", "-ec", f"umask 022; {here}"], env={**environment, "PATH": path}, cwd=stage.root, check=True)
