"""Findings as text: for people, for programs, and as a mapping."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from telemap.unmatched.locations import path_text
from telemap.unmatched.unread import example_text, in_words, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.unmatched.drafts import Draft
    from telemap.unmatched.locations import Form
    from telemap.unmatched.unread import Findings, PathFinding, TypeFinding


def as_yaml(findings: Findings) -> str:
    """Write all drafts as one mapping, ready to be included."""
    lines = ["# Drafts by 'telemap unmatched': choose, rename, and say in 'help' what each one is.", "version: 1", ""]
    drafts = list(findings.drafts)
    lines.append("metrics:" if drafts else "metrics: {}")
    for draft, words in drafts:
        lines.append(f"  # {words}")
        lines += (f"  {line}" for line in draft.lines)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def as_json(findings: Findings) -> str:
    """Write findings for programs: one JSON object."""
    told = {
        "events": findings.events,
        "types": [_type(one) for one in findings.types],
        "dropped": list(findings.dropped),
        "malformed": findings.malformed,
        "overlooked": findings.overlooked,
    }
    return json.dumps(told, indent=2)


def text_lines(findings: Findings) -> Iterator[str]:
    """Write findings for people."""
    for number, one in enumerate(findings.types):
        if number:
            yield ""
        yield from (*_heading(one), *_of_type(one))
    if not findings.types:
        yield f"{findings.events} events, and every value in them is read."


def _type(one: TypeFinding) -> dict[str, Any]:
    return {
        "type": one.event_type,
        "events": one.events,
        "read": one.draft is None,
        "draft": _draft(one.draft),
        "paths": [_path(path) for path in one.paths],
    }


def _path(path: PathFinding) -> dict[str, Any]:
    return {
        "path": path.path,
        "parse": _parse(path.form) or None,
        "events": path.events,
        "share": round(share(path) / 100, 4),
        "example": path.example,
        "draft": _draft(path.draft),
        "reason": path.draft.reason or None,
    }


def _draft(draft: Draft | None) -> dict[str, str] | None:
    return {"name": draft.name, "yaml": "\n".join(draft.lines) + "\n"} if draft is not None and draft.name else None


def _parse(form: Form) -> str:
    if not form.format:
        return ""
    of = path_text(form.place)
    return form.format if of == "$.record" else f"{{as: {form.format}, of: {of}}}"


def _heading(one: TypeFinding) -> Iterator[str]:
    yield f"{one.event_type}: {one.events} events" + (", which no family reads" if one.draft is not None else "")


def _of_type(one: TypeFinding) -> Iterator[str]:
    if one.draft is not None:
        yield from _indented(one.draft)
    for path in one.paths:
        if path.draft.name:
            yield ""
            yield f"  {_named(path)}: {in_words(path)}"
            yield from _indented(path.draft)
    without = [path for path in one.paths if not path.draft.name]
    if without:
        yield ""
        yield "  without a draft:"
    for path in without:
        yield f"    {_named(path)}, such as {example_text(path.example)}: {path.draft.reason}"


def _indented(draft: Draft) -> Iterator[str]:
    if not draft.name:
        yield f"  without a draft: {draft.reason}"
    yield from (f"    {line}" for line in draft.lines)


def _named(path: PathFinding) -> str:
    parse = _parse(path.form)
    return f"{path.path} (parse: {parse})" if parse else path.path
