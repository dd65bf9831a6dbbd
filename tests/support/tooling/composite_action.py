"""Run the steps of a composite action as GitHub's runner does, as far as action.yml needs it.

Source: https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax (shells, environment files)
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_NOT_EMPTY = re.compile(r"(\S+) != ''")


class ActionError(Exception):
    """The action has something that this runner does not know."""


@dataclass(slots=True)
class Outcome:
    """What a run of an action came to.

    Attributes:
        exit_codes: of each step that ran, by its name.
        log: what the steps wrote to standard output.
        errors: what they wrote to standard error.
        values: what expressions of later steps may name, such as `steps.install.outputs.telemap`.
    """

    exit_codes: dict[str, int] = field(default_factory=dict)
    log: str = ""
    errors: str = ""
    values: dict[str, str] = field(default_factory=dict)


class CompositeAction:
    """An action in a folder.

    Args:
        folder: holds `action.yml`.
        scratch: what the runner has for temporary files.
        environment: the variables of the runner's machine.
    """

    def __init__(self, folder: Path, *, scratch: Path, environment: Mapping[str, str]) -> None:
        self._action: dict[str, Any] = yaml.safe_load((folder / "action.yml").read_text())
        self._scratch = scratch
        self._environment = {
            **environment,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(folder),
            "RUNNER_TEMP": str(scratch),
        }

    def run(self, workspace: Path, inputs: Mapping[str, str], *, done: Mapping[str, str] | None = None) -> Outcome:
        """Run the action's steps, until one fails.

        Args:
            workspace: where they run.
            inputs: of the workflow's `with`.
            done: the values of an earlier run, whose steps with outputs are not run again.
        """
        known = {f"inputs.{name}": str(one.get("default", "")) for name, one in self._action["inputs"].items()}
        known |= {f"inputs.{name}": value for name, value in inputs.items()} | dict(done or {})
        outcome = Outcome(values=known)
        for step in self._action["runs"]["steps"]:
            is_done = any(name.startswith(f"steps.{step.get('id')}.") for name in done or {})
            if is_done or not _is_wanted(step, known):
                continue
            outcome.exit_codes[step["name"]] = code = self._run(step, workspace, outcome)
            if code:
                break
        return outcome

    def output(self, name: str, outcome: Outcome) -> str:
        """Return an output of the action, as it is after a run."""
        return _evaluated(self._action["outputs"][name]["value"], outcome.values)

    def _run(self, step: dict[str, Any], workspace: Path, outcome: Outcome) -> int:
        if step["shell"] != "bash":
            raise ActionError(f"no such shell: {step['shell']}")
        script, told = self._scratch / "script.sh", self._scratch / "output"
        script.write_text(step["run"])
        told.write_text("")
        variables = {name: _evaluated(value, outcome.values) for name, value in step.get("env", {}).items()}
        finished = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=workspace,
            env={**self._environment, "GITHUB_WORKSPACE": str(workspace), "GITHUB_OUTPUT": str(told), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        outcome.log += finished.stdout
        outcome.errors += finished.stderr
        for line in told.read_text().splitlines():
            name, _, value = line.partition("=")
            outcome.values[f"steps.{step['id']}.outputs.{name}"] = value
        return finished.returncode


def _evaluated(text: str, values: Mapping[str, str]) -> str:
    return _EXPRESSION.sub(lambda found: values[found[1]], text)


def _is_wanted(step: Mapping[str, Any], values: Mapping[str, str]) -> bool:
    if "if" not in step:
        return True
    found = _NOT_EMPTY.fullmatch(step["if"])
    if not found:
        raise ActionError(f"cannot tell whether {step['if']}")
    return values[found[1]] != ""
