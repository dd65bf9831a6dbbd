"""Compile a mapping to a plan.

`code` writes the Python source, `functions` one function of it, `compile` puts the plan together.
"""

from __future__ import annotations

from telemap.compiler.compile import compile  # noqa: A004 - the public verb, as in `re.compile`

__all__ = ["compile"]
