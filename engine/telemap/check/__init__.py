"""Checking a document: nodes in, a mapping out, or all its problems.

`keys` lists the language's keys; `families`, `sources`, `labels`, `references` and `names` each know one part of the
reference; `drafts` has the results for `telemap.advice`, which may have errors.
"""

from __future__ import annotations

from telemap.check.mapping import check

__all__ = ["check"]
