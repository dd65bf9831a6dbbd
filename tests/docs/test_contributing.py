"""What CONTRIBUTING names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TEXT = (TOP / "CONTRIBUTING.md").read_text(encoding="utf-8")
FOLDERS = "benchmarks|deploy|docs|engine|extensions|mappings|requirements|schema|tests"
PATHS = sorted(set(re.findall(rf"`((?:{FOLDERS})/[\w./-]*?)(?:SUBJECT/)?`", TEXT)))
TO_BE_ADDED = "tests/cases/apply/conditions/not_matches_holds_for_other_text_and_for_what_is_missing/"


@pytest.mark.parametrize("path", PATHS)
def test_every_path_that_is_named_exists(path: str) -> None:
    assert (TOP / path).exists() != (path == TO_BE_ADDED)


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:`|^)make (\w[\w-]*)", TEXT, re.MULTILINE))))
def test_every_target_that_is_named_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (TOP / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
