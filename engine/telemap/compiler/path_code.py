"""Write the reading of paths.

What is read from the event is read at the top of the function, once for all sources that want it, with every prefix
that they share; what is read from the item of an `each` is read inside its loop.
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
"""Locals of generated code, by what they hold."""


class EventReads:
    """What one function reads from its event.

    Args:
        pool: names of constants and finders.
        code: where readings are added.
    """

    def __init__(self, pool: ConstantPool, code: CodeBuilder) -> None:
        self._pool = pool
        self._block = code
        self._memo: Memo = {(): "event"}

    def node(self, path: Path, parse: Parse | None) -> str:
        """Return the local with what a path finds; for `every`, with what its steps lead to."""
        if path.steps is None:
            return self._remember(
                ("one", parse, path.query), f"{self._pool.finders.name(path.query)}({self.document(parse)})"
            )
        return self._steps(path.steps, parse)

    def every(self, path: Path, parse: Parse | None) -> str:
        """Return the local with all that a path finds that is not plain."""
        query = f"{self._pool.every.name(path.query)}({self.document(parse)})"
        return self._remember(("every", parse, path.query), query)

    def record(self, parse: Parse) -> str:
        """Return the local with what text was parsed to."""
        if parse.path.searches:
            text = f"caught({self._pool.finders.name(parse.path.query)}, event)"
        else:
            text = self.node(parse.path, None)
        return self._remember(("record", parse), f"{self._pool.parsers.name_of(parse)}({text})")

    def document(self, parse: Parse | None) -> str:
        """Return the local with the whole event, its record replaced by what was parsed."""
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
    """Return the local that holds an expression's value; add the assignment when it is new."""
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
    """Write the steps from a local on; give the local with what they lead to.

    Args:
        pool: names of constants.
        code: where readings are added.
        memo: what is read already.
        key: what `base` is known as in the memo.
        base: the local to begin at.
        steps: names and indexes.
        letter: what new locals begin with.
    """
    for number, step in enumerate(steps, 1):
        if isinstance(step, int):
            found = _item(pool, base, step)
        else:
            # Whatever a node is, from here on it is an object: an empty one, if it is none.
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
    """What one source reads: from the event, or from the items of its `each`.

    Args:
        pool: names of constants and finders.
        code: the source's code.
        event: what the function reads from the event.
        parse: how the source parses its record.
    """

    def __init__(self, pool: ConstantPool, code: CodeBuilder, event: EventReads, parse: Parse | None) -> None:
        self._pool = pool
        self._block = code
        self._event = event
        self._parse = parse
        self._memo: Memo = {}
        self.depth = 0

    def node(self, path: Path) -> str:
        """Return the local with what a path finds; for `every`, with what its steps lead to."""
        if path.root is Root.EVENT and not path.searches:
            return self._event.node(path, self._parse)
        base = self._base(path.root)
        if path.root in {Root.KEY, Root.PARENT_KEY}:
            return base
        if path.steps is None:
            return self._remember(("one", base, path.query), f"{self._pool.finders.name(path.query)}({base})")
        return walk(self._pool, self._block, self._memo, ("from", base), base, path.steps, "q")

    def every(self, path: Path) -> str:
        """Return an expression for the keys and nodes that a path finds."""
        if path.steps is not None:
            node = self.node(path)
            if path.every:
                return f"members({node})"
            return f"((({self._last_key(path, path.steps)}, {node}),) if {node} is not None else ())"
        if path.root is Root.EVENT and not path.searches:
            return self._event.every(path, self._parse)
        return f"{self._pool.every.name(path.query)}({self._base(path.root)})"

    def _last_key(self, path: Path, steps: tuple[Step, ...]) -> str:
        """Return an expression for the key or index of the node that plain steps lead to, where there is one."""
        last = steps[-1] if steps else ""
        key = self._pool.constants.name(last)
        if isinstance(last, str) or last >= 0:
            return key
        return f"len({self.node(replace(path, steps=steps[:-1]))}) + {key}"

    def exists(self, path: Path) -> str:
        """Return an expression that tells whether a path finds anything that is not null."""
        if path.steps is None or path.every:
            return f"bool({self.every(path)})"
        return f"({self.node(path)} is not None)"

    def _base(self, root: Root) -> str:
        if root is Root.EVENT:  # a path with a regex: only inside the source can that be cut off
            return self._event.document(self._parse)
        names = {Root.ITEM: "item", Root.KEY: "name", Root.PARENT: "item", Root.PARENT_KEY: "name"}
        depth = self.depth - (root in {Root.PARENT, Root.PARENT_KEY})
        return f"{names[root]}{depth}"

    def _remember(self, key: Hashable, expression: str) -> str:
        return remember(self._block, self._memo, key, expression, "q")
