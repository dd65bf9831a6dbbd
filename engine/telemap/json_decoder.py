"""Decode JSON with the scanner of Python's `json`, without importing it.

`json` compiles five regular expressions when it is imported, which takes as long as everything else that a start does
with JSON. Errors are raised as `json.JSONDecodeError`, and import it then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

_make_scanner: Callable[[object], Callable[[str, int], tuple[Any, int]]] | None
try:
    from _json import make_scanner as _make_scanner  # type: ignore[assignment]
except ImportError:  # a Python without C modules
    _make_scanner = None

if TYPE_CHECKING:
    from collections.abc import Callable

_CONSTANTS = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}


class Decoder:
    """Decodes one JSON value after another from a text; the attributes are those that the scanner reads.

    Args:
        parse_int: converts the digits of a whole number.
    """

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_constant = _CONSTANTS.__getitem__

    def __init__(self, parse_int: Callable[[str], Any] = int) -> None:
        self.parse_int = parse_int
        self._scan = _make_scanner(self) if _make_scanner else _scanner_of_json(parse_int)

    def raw_decode(self, text: str, at: int = 0) -> tuple[Any, int]:
        """Decode the value that begins at a position.

        Returns:
            The value, and the position after it.

        Raises:
            json.JSONDecodeError: there is no valid value.
        """
        try:
            return self._scan(text, at)
        except (StopIteration, SystemError):  # no value; or the scanner looks for its exception in `json.decoder`
            from json import JSONDecodeError  # noqa: PLC0415 - only needed for errors
        try:
            return self._scan(text, at)
        except StopIteration as end:
            raise JSONDecodeError("Expecting value", text, end.value) from None


def _scanner_of_json(parse_int: Callable[[str], Any]) -> Callable[[str, int], tuple[Any, int]]:
    from json import JSONDecoder  # noqa: PLC0415 - a Python without C modules

    scanner: Callable[[str, int], tuple[Any, int]] = vars(JSONDecoder(parse_int=parse_int))["scan_once"]
    return scanner
