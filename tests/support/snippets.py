"""Read the snippets that the schema has for editors."""

from __future__ import annotations

import re
from typing import Any

from yaml_instance import yaml_instance

_PLACE = re.compile(r"\$\{\d+:((?:\\.|[^}\\])*)\}")
_ESCAPED = re.compile(r"\\([$}\\])")


def written(body: Any) -> Any:
    """Return the value that a snippet writes if the writer keeps what stands in its places.

    Source: https://code.visualstudio.com/docs/editing/userdefinedsnippets#_snippet-syntax
    """
    if isinstance(body, dict):
        return {_filled(key): written(value) for key, value in body.items()}
    return yaml_instance(_filled(body).encode())


def _filled(text: str) -> str:
    return _ESCAPED.sub(r"\1", _PLACE.sub(r"\1", text))
