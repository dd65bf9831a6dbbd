"""Write the code that reads paths.

Nodes of the event are read at the top of the function, once for all rules, and so are shared prefixes of paths. Nodes
of an item of `each` are read inside its loop.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from telemap.path import Path, Root, Step

if TYPE_CHECKING:
    from collections.abc import Hashable

    from telemap.compiler.code import CodeBuilder
    from telemap.compiler.constant_pool import ConstantPool
    from telemap.model import Parse

Memo: TypeAlias = "dict[Hashable, str]"
"""Variables of generated code, by their content."""


class EventReads:
    """The reads of one function from its event.

    Args:
        pool: names of constants and finders.
        code: the code to which reads are added.
    """

    def __init__(self, pool: ConstantPool, code: CodeBuilder) -> None:
        self._pool = pool
        self._block = code
        self._memo: Memo = {(): "event"}

    def node(self, path: Path, parse: Parse | None) -> str:
        """Return the variable with the node of a path; for `every`, with the node of its steps."""
        if path.steps is None:
            return self._remember(
                ("one", parse, path.query), f"{self._pool.finders.name(path.query)}({self.document(parse)})"
            )
        return self._steps(path.steps, parse)

    def every(self, path: Path, parse: Parse | None) -> str:
        """Return the variable with all nodes of a complex path."""
        query = f"{self._pool.every.name(path.query)}({self.document(parse)})"
        return self._remember(("every", parse, path.query), query)

    def record(self, parse: Parse) -> str:
        """Return the variable with the parsed text."""
        if parse.path.searches:
            text = f"caught({self._pool.finders.name(parse.path.query)}, event)"
        else:
            text = self.node(parse.path, None)
        return self._remember(("record", parse), f"{self._pool.parsers.name_of(parse)}({text})")

    def document(self, parse: Parse | None) -> str:
        """Return the variable with the event whose record is replaced by the parsed one."""
        if parse is None:
            return "event"
        return self._remember(("document", parse), f"{{**event, 'record': {self.record(parse)}}}")

    def _steps(self, steps: tuple[Step, ...], parse: Parse | None) -> str:
        key: Hashable
        if parse is not None and steps[:1] == ("record",):
            base, rest, key = self.record(parse), steps[1:], ("record", parse)
        elif parse is not None and not steps:
            return self.document(parse)
        else:
            base, rest, key = "event", steps, ()
        return walk(self._pool, self._block, self._memo, key, base, rest)

    def _remember(self, key: Hashable, expression: str) -> str:
        return remember(self._block, self._memo, key, expression, "p")


def remember(code: CodeBuilder, memo: Memo, key: Hashable, expression: str, letter: str) -> str:
    """Return the variable with an expression's value, and add the assignment if it is new."""
    if key not in memo:
        memo[key] = f"{letter}{len(memo)}"
        code.add(f"{memo[key]} = {expression}")
    return memo[key]


def walk(
    pool: ConstantPool,
    code: CodeBuilder,
    memo: Memo,
    key: Hashable,
    base: str,
    steps: tuple[Step, ...],
    letter: str = "p",
) -> str:
    """Write the steps from a variable, and return the variable with the node.

    Args:
        pool: names of constants.
        code: the code to which reads are added.
        memo: the variables of previous reads.
        key: the key of `base` in the memo.
        base: the variable to start from.
        steps: names and indexes.
        letter: the start of new variables' names.
    """
    for number, step in enumerate(steps, 1):
        if isinstance(step, int):
            found = _item(pool, base, step)
        else:
            # From here on, a node that is not an object counts as an empty one.
            if base != "event":
                parent = (key, steps[: number - 1], "object")
                base = remember(code, memo, parent, f"{base} if type({base}) is dict else nothing", letter)
            found = f"{base}.get({pool.constants.name(step)})"
        base = remember(code, memo, (key, steps[:number]), found, letter)
    return base


def _item(pool: ConstantPool, parent: str, index: int) -> str:
    enough = f"len({parent}) > {index}" if index >= 0 else f"len({parent}) >= {-index}"
    return f"{parent}[{pool.constants.name(index)}] if type({parent}) is list and {enough} else None"


class ItemReads:
    """The reads of one rule from the event or from the items of its `each`.

    Args:
        pool: names of constants and finders.
        code: the rule's code.
        event: the reads of the function from the event.
        parse: how the rule parses its record.
    """

    def __init__(self, pool: ConstantPool, code: CodeBuilder, event: EventReads, parse: Parse | None) -> None:
        self._pool = pool
        self._block = code
        self._event = event
        self._parse = parse
        self._memo: Memo = {}
        self.depth = 0

    def node(self, path: Path) -> str:
        """Return the variable with the node of a path; for `every`, with the node of its steps."""
        if path.root is Root.EVENT and not path.searches:
            return self._event.node(path, self._parse)
        base = self._base(path)
        if path.root is Root.KEY:
            return base
        if path.steps is None:
            return self._remember(("one", base, path.query), f"{self._pool.finders.name(path.query)}({base})")
        return walk(self._pool, self._block, self._memo, ("from", base), base, path.steps, "q")

    def converted(self, path: Path, convert: str) -> str:
        """Return the variable with the node of a path, converted by a function."""
        node = self.node(path)
        return self._remember(("converted", convert, node), f"{convert}({node})")

    def every(self, path: Path) -> str:
        """Return an expression for the keys and nodes that a path finds."""
        if path.steps is not None:
            node = self.node(path)
            if path.every:
                return f"members({node})"
            return f"((({self._last_key(path, path.steps)}, {node}),) if {node} is not None else ())"
        if path.root is Root.EVENT and not path.searches:
            return self._event.every(path, self._parse)
        return f"{self._pool.every.name(path.query)}({self._base(path)})"

    def _last_key(self, path: Path, steps: tuple[Step, ...]) -> str:
        """Return an expression for the key or index of the node at plain steps, if it exists."""
        last = steps[-1] if steps else ""
        key = self._pool.constants.name(last)
        if isinstance(last, str) or last >= 0:
            return key
        return f"len({self.node(replace(path, steps=steps[:-1]))}) + {key}"

    def exists(self, path: Path) -> str:
        """Return an expression for whether a path finds a non-null node."""
        if path.steps is None or path.every:
            return f"bool({self.every(path)})"
        return f"({self.node(path)} is not None)"

    def _base(self, path: Path) -> str:
        if path.root is Root.EVENT:  # a path with a regex, which can only be interrupted inside the rule
            return self._event.document(self._parse)
        return f"{'name' if path.root is Root.KEY else 'item'}{self.depth - path.up}"

    def _remember(self, key: Hashable, expression: str) -> str:
        return remember(self._block, self._memo, key, expression, "q")
