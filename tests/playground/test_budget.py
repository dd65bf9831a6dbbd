"""What a browser loads, and the wheel carries, is no more than the playground may cost."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def packed(paths: Iterable[Path]) -> int:
    return sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in paths)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", ["static", "page"])
def test_the_page_with_its_editors_has_200_kb(built_playground: Path, name: str) -> None:
    folder = built_playground / name
    page = [
        path for path in files(folder) if path.parent == folder and path.name.startswith(("index", "page-", "icon-"))
    ]
    assert len(page) == 4
    assert packed(page) <= 200_000


def test_all_static_files_have_6_mib(built_playground: Path) -> None:
    assert packed(files(built_playground / "static")) <= 6 * 1024 * 1024


def test_the_page_in_the_wheel_has_1_mb(built_playground: Path) -> None:
    assert sum(path.stat().st_size for path in files(built_playground / "page")) <= 1_000_000


def test_all_files_but_few_can_be_kept_for_ever(built_playground: Path) -> None:
    unnamed = [
        path.name
        for path in files(built_playground / "static")
        if not any(len(part.rpartition("-")[2].partition(".")[0]) == 10 for part in path.parts[-2:])
        and path.parent.name != "examples"
    ]
    assert sorted(unnamed) == ["index.html", "licences.txt", "packages.json"]
