"""What is public, as docs/decisions/0014-what-is-public.md lists it."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "decisions" / "0014-what-is-public.md"
PACKAGES = {
    package: re.findall(r"`(\w+)`", names)
    for package, names in re.findall(
        r"^\| `(telemap\w*(?:\.\w+)?)` \| (`.*`) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
}

every_package = pytest.mark.parametrize("package", PACKAGES)


@every_package
def test_the_page_lists_what_a_package_exports(package: str) -> None:
    module = import_module(package)
    assert PACKAGES[package] == sorted(module.__all__)


@every_package
def test_everything_public_is_exported(package: str) -> None:
    module = import_module(package)
    public = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", "").startswith(package.split(".", maxsplit=1)[0])
    }
    assert public - {"annotations"} <= set(module.__all__)


@every_package
def test_everything_exported_is_documented(package: str) -> None:
    module = import_module(package)
    undocumented = [name for name in module.__all__ if not inspect.getdoc(getattr(module, name))]
    assert undocumented == []


def test_packages_are_found_on_the_page() -> None:
    assert {"telemap", "telemap_lambda.fake_gateway", "telemap_lambda.sandbox"} == set(PACKAGES)
