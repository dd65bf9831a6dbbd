"""Check a document and say what it means: nodes in, a mapping out, or all its problems.

`findings` reads nodes and collects problems; `keys` lists the language's keys; `families`, `sources`, `labels`,
`references` and `names` each know one part of the language page.
"""

from __future__ import annotations

from telemap.check.mapping import check

__all__ = ["check"]
