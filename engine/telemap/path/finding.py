"""Create the functions that evaluate complex paths.

`selectors` handles most of them; jsonpath-ng is imported for the first other one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.path import SEVERAL
from telemap.path.selectors import find, read_selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.path.selectors import Nodes


def make_finder(query: str, bounded: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function that finds the only node of a path in a document.

    The function returns the value, None if there is no node, or `SEVERAL` if there is more than one. A regex in the
    path runs within its budget.

    Args:
        query: the path with `$` as its root.
        bounded: wraps a function so that it runs within a budget of time.
    """
    selectors = read_selectors(query)
    if selectors is None:
        from telemap.path.jsonpath import finder  # noqa: PLC0415 - takes 15 ms, and most paths need none of it

        return finder(query, bounded)

    def find_one(document: Any) -> Any:
        values = [value for _, value in find(selectors, document) if value is not None]
        if not values:
            return None
        return values[0] if len(values) == 1 else SEVERAL

    return find_one


def make_every_finder(query: str, bounded: Callable[[Any], Any]) -> Callable[[Any], Nodes]:
    """Return a function that finds all nodes of a path with their keys or indexes, in document order."""
    selectors = read_selectors(query)
    if selectors is None:
        from telemap.path.jsonpath import every_finder  # noqa: PLC0415 - as above

        return every_finder(query, bounded)
    return lambda document: [node for node in find(selectors, document) if node[1] is not None]
