"""Sections of CHANGELOG.md, which follows Keep a Changelog."""

from __future__ import annotations

import re

_HEADING = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?\s*$", re.MULTILINE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def notes_of(changelog: str, version: str) -> str:
    """Return what a version's section says, without its heading; empty if there is no such section."""
    headings = list(_HEADING.finditer(changelog))
    ends = [heading.start() for heading in headings[1:]] + [len(changelog)]
    for heading, end in zip(headings, ends, strict=True):
        if heading["version"] == version:
            return changelog[heading.end() : end].strip()
    return ""


def changelog_problems(changelog: str, version: str) -> list[str]:
    """Return what keeps a version's section from being released."""
    heading = f"## [{version}] - YYYY-MM-DD"
    dates = [found["date"] for found in _HEADING.finditer(changelog) if found["version"] == version]
    if len(dates) != 1:
        count = "no section" if not dates else f"{len(dates)} sections"
        return [f"CHANGELOG.md: {count} for version {version}: there must be one, with the heading '{heading}'"]
    if not _DATE.fullmatch(dates[0] or ""):
        return [f"CHANGELOG.md: the section for version {version} has no date: write '{heading}'"]
    if not notes_of(changelog, version):
        return [f"CHANGELOG.md: the section for version {version} is empty: say what changed"]
    return []
