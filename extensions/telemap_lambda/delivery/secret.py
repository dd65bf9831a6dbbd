"""The gateway's credentials, from a secret: user name and password, or a token."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path

from telemap.push.credentials import Basic, Bearer
from telemap.push.redaction import Redaction
from telemap.push.secret_texts import texts_in
from telemap.terminal_text import terminal_text

_MAX_CHARACTERS = 1_000
"""Most characters that are quoted of an error."""


class SecretError(Exception):
    """The secret cannot be read, or does not hold what it should.

    The message holds nothing of it, and no credentials of proxies, endpoints and AWS, which libraries quote.

    Attributes:
        passing: whether it may well work in a moment: no connection, too many requests.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(message)


def credentials_in(secret: str) -> Basic:
    """Return the username and password that a secret holds.

    Raises:
        SecretError: it is not JSON with `username` and `password`.
    """
    content = _json(secret)
    if not isinstance(content, dict):
        raise SecretError("it is not JSON with 'username' and 'password'")
    missing = [key for key in ("username", "password") if not isinstance(content.get(key), str)]
    if missing:
        raise SecretError(f"it has no text {' and no '.join(map(repr, missing))}")
    try:
        return Basic(content["username"], content["password"])
    except ValueError as error:
        raise SecretError(str(error)) from error


def token_in(secret: str) -> Bearer:
    """Return the bearer token that is the whole of a secret, but for a line feed at its end.

    Raises:
        SecretError: it is not a token.
    """
    secret = secret.rstrip("\r\n")
    if secret.startswith("{"):
        raise SecretError("it is JSON; a secret with a token is the token and nothing else")
    try:
        return Bearer(secret)
    except ValueError as error:
        raise SecretError(str(error)) from error


def _json(text: str | bytes) -> object:
    """Decode JSON; None for what is none. Its error would carry the text."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def read_secret(name: str) -> str:
    """Return the text of a secret.

    Args:
        name: ARN or name of the secret.

    Raises:
        SecretError: it cannot be read, or is not text.
    """
    return secret_text(ask_child("secret", name))


def secret_text(answer: object) -> str:
    """Return the text that Secrets Manager has answered.

    Raises:
        SecretError: it is not text.
    """
    if not isinstance(answer, str):
        raise SecretError("its SecretString is not text")
    return answer


def ask_child(action: str, name: str) -> object:
    """Have a child process ask AWS, and return what it sends over a pipe.

    The child ends by itself, because boto3's calls are bounded. A bound here would have passed after each thaw of the
    sandbox, and a child that gets its CPU time in small pieces would never finish.

    Args:
        action: what is asked for, one of the child's.
        name: of what, or whose.

    Raises:
        SecretError: there is no answer.
    """
    program = Path(__file__).with_name("secret_child.py")
    command = [sys.executable, "-I", "-S", str(program), action, name, *filter(None, sys.path)]
    try:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own program
    except OSError as error:
        raise SecretError(f"the process that reads it could not begin: {error.strerror}", passing=True) from error
    atexit.register(child.kill)  # at a shutdown nobody waits for it
    output, words = child.communicate()
    atexit.unregister(child.kill)
    return answer_in(output, words, child.returncode)


def answer_in(output: bytes, words: bytes, exit_code: int) -> object:
    """Return the answer that the child process has printed.

    Args:
        output: its standard output.
        words: what it wrote to its standard error.
        exit_code: its exit code.

    Raises:
        SecretError: it has printed an error, or no answer.
    """
    match _json(output):
        case {"answer": found}:
            return found
        case {"error": str(reason), "passing": passing}:
            raise SecretError(_quoted(reason), passing=bool(passing))
    last = words.decode(errors="replace").strip().rpartition("\n")[2]
    raise SecretError(f"the process that reads it failed: {_quoted(last) or f'exit code {exit_code}'}")


def _quoted(reason: str) -> str:
    """Quote what a library says: on one line, short, and without what it quotes of the environment."""
    secrets = texts_in(os.environ)
    words = " ".join(reason.split())
    redacted = Redaction([*secrets.passwords, *secrets.names])
    is_long = len(words) > _MAX_CHARACTERS
    return redacted(terminal_text(words[:_MAX_CHARACTERS]), cut=is_long) + ("..." if is_long else "")
