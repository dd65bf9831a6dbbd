"""The page knows where the documentation is published, if the project says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from telemap.cli.playground.documentation import documentation_address

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path, *addresses: str) -> None:
    """Write what an installed package says about itself."""
    about = folder / "telemap-9.9.9.dist-info"
    about.mkdir()
    lines = ["Metadata-Version: 2.4", "Name: telemap", "Version: 9.9.9", *(f"Project-URL: {one}" for one in addresses)]
    (about / "METADATA").write_text("\n".join(lines) + "\n\n")


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [
        ([], None),
        (["Source, https://example.com/source"], None),
        (
            ["Source, https://example.com/source", "Documentation, https://example.com/telemap"],
            "https://example.com/telemap/",
        ),
        (["documentation, https://example.com/telemap/"], "https://example.com/telemap/"),
        (["Documentation, https://example.com/telemap/index.html"], "https://example.com/telemap/"),
    ],
)
def test_the_address_is_that_of_the_installed_package(
    addresses: list[str], expected: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, *addresses)
    monkeypatch.syspath_prepend(str(tmp_path))
    assert documentation_address() == expected
