"""Find the conditions that are meant by an expression of another tool.

JSONPath filters, jq, Vector, SQL and CloudWatch's filter patterns write `$.level == 'error' && $.status >= 500` or
something close to it; the result says so in telemap's words.
"""

from __future__ import annotations

import re
from typing import Final

from telemap.document.quoting import scalar, single_quoted
from telemap.foreign.paths import meant_path
from telemap.foreign.tokens import UnknownSyntaxError, literal, regex_of_like, text_of, tokens
from telemap.model import Connective, Operator
from telemap.path.parse import looks_like_path

_LONGEST: Final = 300
_DEEPEST: Final = 20

_OPERATORS: Final = {
    **dict.fromkeys(("==", "===", "="), Operator.EQUALS),
    **dict.fromkeys(("!=", "!==", "<>"), Operator.NOT_EQUALS),
    **dict.fromkeys(("=~", "~="), Operator.MATCHES),
    ">": Operator.GT,
    ">=": Operator.GE,
    "<": Operator.LT,
    "<=": Operator.LE,
}
_BARE: Final = re.compile(r"[A-Za-z_][\w-]*")
"""A word without quotes, on the right of an operator."""

_REVERSED: Final = {">": "<", ">=": "<=", "<": ">", "<=": ">="}

_CASTS: Final = frozenset({"string", "to_string", "to_int", "to_float", "int", "float", "lower", "downcase", "select"})


def meant_conditions(text: str, *, in_each: bool) -> list[str] | None:
    """Return the items of `when` that an expression stands for; None if it is none in any known syntax.

    Args:
        text: the expression.
        in_each: whether names may be fields of the item of `each`.
    """
    if len(text) > _LONGEST:
        return None
    bare = text.strip()
    for begin, end in (("$[?(", ")]"), ("[?(", ")]"), ("$[?", "]"), ("?(", ")"), ("{", "}"), ("{{", "}}")):
        if bare.startswith(begin) and bare.endswith(end):
            bare = bare[len(begin) : -len(end)].strip()
    try:
        # In a filter pattern of CloudWatch, `$` is the log event's text.
        is_pattern = text.strip().startswith("{")
        reader = _Reader(list(tokens(bare)), in_each=in_each, is_pattern=is_pattern)
        parts = reader.alternatives(0)
        reader.end()
    except UnknownSyntaxError:
        return None
    return parts[0] if len(parts) == 1 else [_any(parts)]


def _any(parts: list[list[str]]) -> str:
    """Write alternatives, each of which is a list of conditions that must all hold."""
    return f"{{{Connective.ANY.value}: [{', '.join(map(_all, parts))}]}}"


def _all(conditions: list[str]) -> str:
    return conditions[0] if len(conditions) == 1 else f"{{{Connective.ALL.value}: [{', '.join(conditions)}]}}"


def _not(conditions: list[str]) -> list[str]:
    return [f"{{{Connective.NOT.value}: {_all(conditions)}}}"]


class _Reader:
    """Reads the tokens of an expression by recursive descent.

    Args:
        tokens: their kinds and texts.
        in_each: whether names may be fields of the item of `each`.
        is_pattern: whether `$` is the record.
    """

    def __init__(self, tokens: list[tuple[str, str]], *, in_each: bool, is_pattern: bool) -> None:
        self._tokens = tokens
        self._at = 0
        self._in_each = in_each
        self._is_pattern = is_pattern
        self._has_root = False

    def alternatives(self, depth: int) -> list[list[str]]:
        """Read `a or b`: the lists of conditions that must all hold."""
        if depth > _DEEPEST:
            raise UnknownSyntaxError
        parts = [self._conjunction(depth)]
        while self._take("or"):
            parts.append(self._conjunction(depth))
        return parts

    def end(self) -> None:
        """Require the end of the expression."""
        if self._at < len(self._tokens):
            raise UnknownSyntaxError

    def _conjunction(self, depth: int) -> list[str]:
        conditions = self._one(depth)
        while self._take("and"):
            conditions += self._one(depth)
        return conditions

    def _one(self, depth: int) -> list[str]:
        if depth > _DEEPEST:
            raise UnknownSyntaxError
        if self._take("not"):
            return _not(self._one(depth + 1))
        if self._is_group():
            self._take("open")
            parts = self.alternatives(depth + 1)
            self._need("close")
            return parts[0] if len(parts) == 1 else [_any(parts)]
        return [self._comparison(depth)]

    def _is_group(self) -> bool:
        return self._kind() == "open"

    def _comparison(self, depth: int) -> str:
        if self._kind() == "call":
            name = self._next().rstrip("!")
            if name not in _CASTS:
                return self._function(name, None)
            self._need("open")
            if name == "select":
                parts = self.alternatives(depth + 1)
                self._need("close")
                return _all(parts[0]) if len(parts) == 1 else _any(parts)
            path = self._path()
            self._need("close")
            return self._after_path(path)
        if self._kind() == "path":
            return self._after_path(self._path())
        kind, text = self._kind(), self._next()
        operator = self._need("operator")
        return self._written(self._path(), _REVERSED.get(operator, operator), kind, text)

    def _after_path(self, path: str) -> str:
        kind = self._kind()
        if kind == "operator":
            operator = self._next()
            kind = self._kind()
            if kind == "path" and _BARE.fullmatch(self._tokens[self._at][1]):
                kind = "text in a word"
            if kind == "path":
                return f"{{path: {scalar(path)}, {self._word(operator)}: {{path: {scalar(self._path())}}}}}"
            return self._written(path, operator, kind, self._next())
        if kind == "pipe":
            self._next()
            return self._function(self._need("call").rstrip("!"), path)
        negated = self._take("not")
        condition = self._word_after(path, negated=negated)
        if condition is not None:
            return condition
        if negated or not self._has_root:
            raise UnknownSyntaxError
        return f"{{path: {scalar(path)}, {Operator.EQUALS.value}: true}}"

    def _word_after(self, path: str, *, negated: bool) -> str | None:
        """Read `is null`, `in (...)` or `like '...'` after a path."""
        if self._take("is"):
            return self._exists(path, there=self._take("not"), null=self._need("word"))
        if self._take("in"):
            operator = Operator.NOT_IN if negated else Operator.IN
            return f"{{path: {scalar(path)}, {operator.value}: [{', '.join(self._list())}]}}"
        if self._kind() != "like":
            return None
        like = self._next().lower()
        kind, text = self._kind(), self._next()
        condition = self._matching(path, text_of(kind, text) if like != "like" else regex_of_like(text_of(kind, text)))
        return f"{{{Connective.NOT.value}: {condition}}}" if negated else condition

    def _function(self, name: str, path: str | None) -> str:
        """Read a call such as `match(.a, r'x')`, or `test("x")` after a path and `|`."""
        self._need("open")
        if path is None:
            is_cast = self._kind() == "call" and self._next() and self._need("open")
            path = self._path()
            if is_cast:
                self._need("close")
            self._take("comma")
        if name in {"exists", "defined", "is_null", "is_nullish"}:
            self._need("close")
            return self._exists(path, there=name in {"exists", "defined"}, null="null")
        found = text_of(self._kind(), self._next())
        if self._take("comma") and "i" in text_of(self._kind(), self._next()):
            found = f"(?i){found}"
        self._need("close")
        if name in {"starts_with", "startswith"}:
            found = "^" + re.escape(found)
        elif name in {"ends_with", "endswith"}:
            found = re.escape(found) + "$"
        elif name == "contains":
            found = re.escape(found)
        return self._matching(path, found)

    def _written(self, path: str, operator: str, kind: str, text: str) -> str:
        if kind == "word" and text.lower() in {"null", "nil"}:
            return self._exists(path, there=operator.startswith("!") or operator == "<>", null=text)
        if operator == "!~":
            return f"{{{Connective.NOT.value}: {self._matching(path, text_of(kind, text))}}}"
        if kind == "regex" or self._word(operator) == Operator.MATCHES.value:
            return self._matching(path, text_of(kind, text))
        return f"{{path: {scalar(path)}, {self._word(operator)}: {literal(kind, text)}}}"

    def _matching(self, path: str, regex: str) -> str:
        return f"{{path: {scalar(path)}, {Operator.MATCHES.value}: {single_quoted(regex)}}}"

    def _exists(self, path: str, *, there: bool, null: str) -> str:
        if null.lower() not in {"null", "nil"}:
            raise UnknownSyntaxError
        return f"{{path: {scalar(path)}, {Operator.EXISTS.value}: {'true' if there else 'false'}}}"

    def _word(self, operator: str) -> str:
        if operator not in _OPERATORS:
            raise UnknownSyntaxError
        word: str = _OPERATORS[operator].value
        return word

    def _list(self) -> list[str]:
        self._need("open")
        words = []
        while not self._take("close"):
            kind = self._kind()
            words.append(literal(kind, self._next()))
            self._take("comma")
        return words

    def _path(self) -> str:
        text = self._need("path")
        self._has_root = text[0] in "$.@"
        if looks_like_path(text) and (self._in_each or text[0] != ".") and not self._is_pattern:
            return text
        path = meant_path(text, in_each=self._in_each)
        if path is None:
            raise UnknownSyntaxError
        return path

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise UnknownSyntaxError
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _take(self, kind: str) -> bool:
        found = self._kind() == kind
        self._at += found
        return found

    def _need(self, kind: str) -> str:
        if self._kind() != kind:
            raise UnknownSyntaxError
        return self._next()
