"""The parser of command lines: what cannot be understood is told in one line, with what may have been meant."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from telemap.terminal_text import terminal_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"-\.?\d")
"""How a negative number begins: a value, as no option of ours is called so."""

_MAPPINGS = (".yaml", ".yml")


class CommandLineParser(argparse.ArgumentParser):
    """Parse a command line, or the part of it that is a command's.

    Options cannot be cut short: `--str` would be another option as soon as there is a `--stream` too.

    Attributes:
        commands: names of the commands, where the first argument is one.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False)
        self.commands: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Parse; what is not known ends the process, as what is wrong does."""
        words = list(sys.argv[1:] if args is None else args)
        self._refuse_unknown(words)
        if words and not words[0].startswith("-") and all(action.option_strings for action in self._actions):
            self._refuse_extra(words[0])
        parsed, rest = super().parse_known_args(words, namespace)
        if rest:
            self._refuse_extra(rest[0])
        return parsed, rest

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line, and end the process."""
        self._refuse(message, f"see {self.prog} --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print; that results cannot be printed is an error here, where argparse would say nothing."""
        if file is sys.stdout:
            print(message, end="", flush=True)
        else:
            super()._print_message(message, file)

    def _refuse_unknown(self, words: Iterable[str]) -> None:
        """Refuse an option or a command that there is not, before anything that its lack would bring about."""
        for word in words:
            name = word.partition("=")[0]
            if word == "--":
                return
            if not word.startswith("-") or word == "-":
                if not self.commands:
                    continue
                if word not in self.commands:
                    meant = nearest(word, self.commands)
                    self._refuse_name(f"no command {word!r}", meant and repr(meant))
                return
            if " " in name or _NUMBER.match(word) or self._is_option(name):
                continue
            self._refuse_name(f"no option {name}", nearest(name, self._option_string_actions))

    def _is_option(self, name: str) -> bool:
        """Tell whether a word without its `=VALUE` is an option; `-oFILE` is `-o` with its value."""
        return name in self._option_string_actions or (name[:2] != "--" and name[:2] in self._option_string_actions)

    def _refuse_name(self, message: str, meant: str | None) -> NoReturn:
        self._refuse(message, f"{self.prog} --help lists them", f"; did you mean {meant}?" if meant else "")

    def _refuse_extra(self, word: str) -> NoReturn:
        self._refuse(f"{word!r} is one argument too many", f"see {self.prog} --help", self._way_for(word))

    def _way_for(self, word: str) -> str:
        """Say which option a file is given with, in most cases; nothing where there is none."""
        if word.endswith(_MAPPINGS):
            return "; a mapping is given with --mapping" if self._is_option("--mapping") else ""
        return "; recorded events are given with --events" if self._is_option("--events") else ""

    def _refuse(self, message: str, more: str, way_out: str = "") -> NoReturn:
        self.exit(2, terminal_line(f"{self.prog}: {message}{way_out} ({more})") + "\n")


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Give the name that was most likely meant; None when none is like the word."""
    from difflib import get_close_matches  # noqa: PLC0415 - only where something is wrong

    known = list(names)
    longer = [name for name in known if len(word) > 2 and name.startswith(word)]
    return next(iter(longer or get_close_matches(word, known, n=1)), None)
