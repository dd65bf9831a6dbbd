"""The gateway's credentials, from a secret."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from telemap.push import Credentials


class SecretError(Exception):
    """The secret cannot be read, or does not hold what it should. The message never holds any of it."""


def read_credentials(name: str) -> Credentials:
    """Read the username and password that a secret holds.

    Args:
        name: ARN or name of the secret.

    Raises:
        SecretError: it cannot be read, or is not JSON with `username` and `password`.
    """
    secret = _read(name)
    try:
        content = json.loads(secret)
    except ValueError as error:
        raise SecretError("it is not JSON with 'username' and 'password'") from error
    missing = [key for key in ("username", "password") if not isinstance(_get(content, key), str)]
    if missing:
        raise SecretError(f"it has no text {' and no '.join(map(repr, missing))}")
    return Credentials(content["username"], content["password"])


def _get(content: object, key: str) -> object:
    return content.get(key) if isinstance(content, dict) else None


def _read(name: str) -> str:
    """Have a child process read the secret, and take its answer over a pipe.

    It ends by itself, because boto3's calls are bounded. A bound here would be up after each thaw of the sandbox, and a
    child that gets its time of CPU in small pieces would never come to its end.
    """
    program = Path(__file__).with_name("secret_child.py")
    command = [sys.executable, "-I", "-S", str(program), name, *filter(None, sys.path)]
    try:
        finished = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own program
    except OSError as error:
        raise SecretError(f"the process that reads it could not begin: {error.strerror}") from error
    try:
        answer = json.loads(finished.stdout)
    except ValueError as error:
        last = finished.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        raise SecretError(f"the process that reads it failed: {last or f'exit code {finished.returncode}'}") from error
    if "secret" not in answer:
        raise SecretError(answer.get("error", "no answer"))
    text: str = answer["secret"]
    return text
