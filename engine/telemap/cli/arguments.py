"""The parser of command lines. It reports an error in one line, and suggests what was probably meant."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"-\.?\d")
"""The start of a negative number, which is a value: no option looks like that."""


class CommandLineParser(argparse.ArgumentParser):
    """Parse the command line, or a command's part of it.

    Options cannot be abbreviated: `--str` would become ambiguous with the first `--stream`. They may appear anywhere
    among the arguments.

    Attributes:
        commands: the names that the first argument may have; empty for the parser of a command.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)
        self.commands: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse, and exit with an error if an argument is unknown."""
        words = list(sys.argv[1:] if args is None else args)
        self._refuse_unknown(words)
        if words and not words[0].startswith("-") and all(action.option_strings for action in self._actions):
            self._refuse_extra(words[0])
        parsed, rest = super().parse_known_args(words if self.commands else self._options_first(words), namespace)
        if rest:
            self._refuse_extra(rest[0])
        return parsed, rest

    def error(self, message: str) -> NoReturn:
        """Report an error in one line, and exit."""
        self._refuse(_rewrite(message), f"see {self.prog} --help")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """Report a value that an option does not have, and list those that it has."""
        if action.choices is not None and not self.commands and value not in action.choices:
            expected = _either([str(word) for word in action.choices])
            raise argparse.ArgumentError(action, f"unknown value {value!r}; expected {expected}")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print a message; unlike argparse, fail if standard output cannot be written."""
        if file is sys.stdout:
            print(message, end="", flush=True)
        else:
            super()._print_message(message, file)

    def _options_first(self, words: Sequence[str]) -> list[str]:
        """Move options before arguments, because argparse rejects an optional argument that follows an option."""
        options: list[str] = []
        arguments: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                return [*options, "--", *arguments, *rest]
            if not self._is_option(word.partition("=")[0]):
                arguments.append(word)
                continue
            options.append(word)
            if self._takes_next(word):
                value = next(rest, None)
                if value is None:
                    self.error(f"argument {word}: expected one argument")
                options.append(value)
        return [*options, *arguments]

    def _takes_next(self, word: str) -> bool:
        """Return whether an option's value is the next word."""
        action = self._option_string_actions.get(word)
        return action is not None and action.nargs is None

    def _refuse_unknown(self, words: Iterable[str]) -> None:
        """Report an unknown option or command before any other error."""
        for word in words:
            name = word.partition("=")[0]
            if word == "--":
                if self.commands:
                    self._refuse_extra(word)
                return
            if not word.startswith("-") or word == "-":
                if not self.commands:
                    continue
                if word not in self.commands:
                    meant = nearest(word, self.commands)
                    self._refuse_name(f"unknown command {word!r}", meant and repr(meant))
                return
            if " " in name or _NUMBER.match(word) or self._is_option(name):
                continue
            self._refuse_name(f"unknown option {name}", nearest(name, self._visible_options()))

    def _visible_options(self) -> list[str]:
        return [name for name, action in self._option_string_actions.items() if action.help != argparse.SUPPRESS]

    def _is_option(self, name: str) -> bool:
        """Return whether a word, without its `=VALUE`, is an option; `-oFILE` is `-o` with a value."""
        return name in self._option_string_actions or (name[:2] != "--" and name[:2] in self._option_string_actions)

    def _refuse_name(self, message: str, meant: str | None) -> NoReturn:
        self._refuse(message, f"{self.prog} --help lists them", f"; did you mean {meant}?" if meant else "")

    def _refuse_extra(self, word: str) -> NoReturn:
        self._refuse(f"unexpected argument {word!r}", f"see {self.prog} --help")

    def _refuse(self, message: str, more: str, hint: str = "") -> NoReturn:
        self.exit(2, terminal_line(f"{self.prog}: {message}{hint} ({more})") + "\n")


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return the name that was probably meant; None if none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed for errors

    known = list(names)
    longer = [name for name in known if len(word) > 2 and name.startswith(word)]
    return next(iter(longer or get_close_matches(word, known, n=1)), None)


def _either(words: Sequence[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def _rewrite(message: str) -> str:
    """Rewrite a message of argparse: the option first, then what is wrong with it."""
    message = re.sub(r"^argument ([^:]+): ", lambda found: f"{found[1].rpartition('/')[2]}: ", message)
    message = re.sub(r"^(\S+): not allowed with argument (\S+)$", r"\1 cannot be used with \2", message)
    message = message.replace("expected one argument", "a value is missing")
    message = re.sub(r"ignored explicit argument .*$", "takes no value", message)
    return re.sub(r"^the following arguments are required: (.*)$", r"\1 is missing", message)
