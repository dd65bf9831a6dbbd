"""Formats of `telemap unmatched` for people: text, and a mapping of the drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.count_text import count_text
from telemap.unmatched.unread import example_text, frequency_text, line_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telemap.unmatched.drafts import Draft
    from telemap.unmatched.unread import PathFinding, TypeFinding, Unread

_LONGEST_PARSE = 60
"""Most characters of `parse` before a draft, which has it whole."""


def as_yaml(unread: Unread) -> str:
    """Return all drafts as one mapping, which can be included."""
    lines = ["# Drafts by 'telemap unmatched': keep what you need, rename it, and rewrite 'help'.", "version: 1", ""]
    drafts = list(unread.drafts)
    lines.append("metrics:" if drafts else "metrics: {}")
    for draft, words in drafts:
        lines.append(f"  # {words}")
        lines += (f"  {line}" for line in draft.lines)
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def text_lines(unread: Unread, *, has_samples: bool) -> Iterator[str]:
    """Yield the result for people.

    Args:
        unread: the result.
        has_samples: whether any event made a sample.
    """
    for number, one in enumerate(unread.types):
        if number:
            yield ""
        yield from (*_heading(one), *_of_type(one))
    if not unread.types:
        every = f"The mapping reads every value of {count_text(unread.events, 'event')}"
        yield f"{every}." if has_samples else f"{every}, but none makes a sample: 'telemap explain' shows why."


def _heading(one: TypeFinding) -> Iterator[str]:
    yield f"{one.event_type}: {count_text(one.events, 'event')}" + (", read by no metric" if one.draft else "")


def _of_type(one: TypeFinding) -> Iterator[str]:
    if one.draft is not None:
        yield from _indented(one.draft)
    if one.lines:
        yield ""
        yield (
            f"  no rule reads the text of {one.lines:,} of {count_text(one.events, 'event')},"
            f" such as {example_text(one.example)}"
        )
    for line in one.forms:
        yield ""
        yield f"  {line_text(line)}:"
        yield from _indented(line.draft)
    for path in one.paths:
        if path.draft.name:
            yield ""
            yield f"  {_named(path)}: {frequency_text(path)}"
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
    parse = path.form.text
    shown = parse if len(parse) <= _LONGEST_PARSE else f"{parse[: _LONGEST_PARSE - 3]}..."
    return f"{path.path} (parse: {shown})" if parse else path.path
