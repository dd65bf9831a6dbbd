"""jsonschema, imported without its grammar of IRIs: to build that takes two seconds, and no schema here has an IRI."""

from __future__ import annotations

import sys

__all__ = ["Draft202012Validator"]

_GRAMMAR = "rfc3987_syntax"

sys.modules[_GRAMMAR] = None  # type: ignore[assignment]  # Python then does not find it
try:
    from jsonschema import Draft202012Validator
finally:
    del sys.modules[_GRAMMAR]
