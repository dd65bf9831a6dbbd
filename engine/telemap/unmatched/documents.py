"""What a mapping does not read, as values for `json.dumps`."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from telemap.float_text import float_text
from telemap.unmatched.unread import share

if TYPE_CHECKING:
    from telemap.unmatched.drafts import Draft
    from telemap.unmatched.unread import PathFinding, TypeFinding, Unread


def unmatched_document(unread: Unread) -> dict[str, Any]:
    """Return the result as one object."""
    return {
        "events": unread.events,
        "types": [_type(one) for one in unread.types],
        "dropped": list(unread.dropped),
        "malformed": unread.malformed,
        "overlooked": unread.overlooked,
    }


def _type(one: TypeFinding) -> dict[str, Any]:
    return {
        "type": one.event_type,
        "events": one.events,
        "read": one.draft is None,
        "draft": _draft(one.draft),
        "paths": [_path(path) for path in one.paths],
        "lines": one.lines,
        "forms": [{"events": line.count, "example": line.example, "draft": _draft(line.draft)} for line in one.forms],
    }


def _path(path: PathFinding) -> dict[str, Any]:
    return {
        "path": path.path,
        "parse": path.form.text or None,
        "events": path.events,
        "share": round(share(path) / 100, 4),
        "example": _example(path.example),
        "draft": _draft(path.draft),
        "reason": path.draft.reason or None,
    }


def _example(value: Any) -> Any:
    """Return a value, or Prometheus's text for what JSON has no number for."""
    return float_text(value) if isinstance(value, float) and not math.isfinite(value) else value


def _draft(draft: Draft | None) -> dict[str, str] | None:
    return {"name": draft.name, "yaml": "\n".join(draft.lines) + "\n"} if draft is not None and draft.name else None
