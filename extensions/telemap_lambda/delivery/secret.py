"""The gateway's credentials from a secret: username and password, or a token."""

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
"""Maximum number of characters quoted from an error."""


class SecretError(Exception):
    """The secret cannot be read, or has unexpected content.

    The message contains no part of it, nor the proxy, endpoint and AWS credentials that libraries quote.

    Attributes:
        passing: whether the error is transient: no connection, too many requests.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        self.passing = passing
        super().__init__(message)


def credentials_in(secret: str) -> Basic:
    """Return the username and password in a secret.

    Raises:
        SecretError: the secret is not JSON with `username` and `password`.
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
    """Return the bearer token that makes up the whole secret, except for a trailing newline.

    Raises:
        SecretError: the secret is not a token.
    """
    secret = secret.rstrip("\r\n")
    if secret.startswith("{"):
        raise SecretError("it is JSON; a secret with a token is the token and nothing else")
    try:
        return Bearer(secret)
    except ValueError as error:
        raise SecretError(str(error)) from error


def _json(text: str | bytes) -> object:
    """Decode JSON; return None if invalid, as the exception would carry the text."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def read_secret(name: str) -> str:
    """Return the text of a secret.

    Args:
        name: ARN or name of the secret.

    Raises:
        SecretError: the secret cannot be read, or is not text.
    """
    return secret_text(ask_child("secret", name))


def secret_text(answer: object) -> str:
    """Return the text in Secrets Manager's response.

    Raises:
        SecretError: the response is not text.
    """
    if not isinstance(answer, str):
        raise SecretError("its SecretString is not text")
    return answer


def ask_child(action: str, name: str) -> object:
    """Query AWS in a child process and return the answer that it sends over a pipe.

    The child exits by itself, because boto3's calls have timeouts. A timeout here would expire after each thaw of the
    sandbox, and a child that gets CPU time in small slices would never finish.

    Args:
        action: one of the child's actions.
        name: name or ARN of the secret or role.

    Raises:
        SecretError: there is no answer.
    """
    program = Path(__file__).with_stem("secret_child")  # a layer with a Python of its own has only bytecode
    command = [sys.executable, "-I", "-S", str(program), action, name, *filter(None, sys.path)]
    try:
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # noqa: S603 - our own program
    except OSError as error:
        raise SecretError(f"the process that reads it could not begin: {error.strerror}", passing=True) from error
    atexit.register(child.kill)  # nothing waits for it at shutdown
    output, words = child.communicate()
    atexit.unregister(child.kill)
    return answer_in(output, words, child.returncode)


def answer_in(output: bytes, words: bytes, exit_code: int) -> object:
    """Return the answer printed by the child process.

    Args:
        output: standard output of the child.
        words: standard error of the child.
        exit_code: exit code of the child.

    Raises:
        SecretError: the child printed an error or no answer.
    """
    match _json(output):
        case {"answer": found}:
            return found
        case {"error": str(reason), "passing": passing}:
            raise SecretError(_quoted(reason), passing=bool(passing))
    last = words.decode(errors="replace").strip().rpartition("\n")[2]
    raise SecretError(f"the process that reads it failed: {_quoted(last) or f'exit code {exit_code}'}")


def _quoted(reason: str) -> str:
    """Return a library's message on one line, shortened, and with secrets from the environment redacted."""
    secrets = texts_in(os.environ)
    words = " ".join(reason.split())
    redacted = Redaction([*secrets.passwords, *secrets.names])
    is_long = len(words) > _MAX_CHARACTERS
    return redacted(terminal_text(words[:_MAX_CHARACTERS]), cut=is_long) + ("..." if is_long else "")
