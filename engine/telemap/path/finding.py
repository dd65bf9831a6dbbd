"""Make the functions that find the nodes of paths which are not plain.

Most such paths are followed by `selectors`; jsonpath-ng is imported when the first other one is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.path import SEVERAL
from telemap.path.selectors import find, read_selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from telemap.path.selectors import Nodes


def make_finder(query: str, bounded: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make the function that finds a path's one node in a document.

    The function returns the value; None when there is no node; `SEVERAL` when there is more than one. A regex in the
    path runs within bounds.

    Args:
        query: the path with `$` as its root.
        bounded: makes a function that does what another does, within bounds of time.
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
    """Make the function that finds all of a path's nodes, each with its key or index, in document order."""
    selectors = read_selectors(query)
    if selectors is None:
        from telemap.path.jsonpath import every_finder  # noqa: PLC0415 - as above

        return every_finder(query, bounded)
    return lambda document: [node for node in find(selectors, document) if node[1] is not None]
