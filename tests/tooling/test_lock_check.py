"""What `make lint` says of the locks: it needs no index, and fails where `make lock` would change them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from servers.process import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Edit = Callable[[str, str, str], None]

pytestmark = pytest.mark.integration

NPM = "tests/tooling/editor"
PINO = "deploy/examples/nodejs"
NO_NETWORK = {"PATH": "/nowhere", "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the files of this checkout that name packages."""
    shutil.copytree(PROJECT / "requirements", tmp_path / "requirements")
    folders = (NPM, PINO, "playground", "tests/tooling/workflows")
    npm = [f"{folder}/{name}" for folder in folders for name in ("package.json", "package-lock.json")]
    for name in ("pyproject.toml", ".pre-commit-hooks.yaml", *npm):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def edit(project: Path) -> Edit:
    """Return a function that replaces what a pattern matches in a file of the project."""

    def edit(name: str, pattern: str, text: str) -> None:
        before = (project / name).read_text()
        after = re.sub(pattern, text, before, count=1, flags=re.MULTILINE)
        assert after != before
        (project / name).write_text(after)

    return edit


def check(project: Path) -> list[str]:
    """Return what the check says of a project."""
    finished = subprocess.run(
        [sys.executable, PROJECT / ".ci" / "locks", "check"],
        cwd=project,
        env=NO_NETWORK,
        capture_output=True,
        text=True,
        check=False,
    )
    *told, hint = finished.stderr.splitlines() or [""]
    assert finished.returncode == bool(told), finished.stderr
    assert hint.startswith("Locks are written by `make lock`") or not told
    return told


def drop(edit: Edit, lock: str, *names: str) -> None:
    """Drop pins of packages from a lock."""
    for name in names:
        edit(f"requirements/{lock}.txt", rf"^{name}(?:\[.*\])?==.*\n(?:    --hash.*\n)+", "")


def test_the_locks_of_this_checkout_fit(project: Path) -> None:
    assert check(project) == []


def test_a_missing_pin_is_found_whoever_needs_it(project: Path, edit: Edit) -> None:
    drop(edit, "dev", "cfn-lint", "iniconfig", "flask", "networkx", "zipp", "requests")
    drop(edit, "telemap", "six", "rich")
    drop(edit, "build", "tomlkit")
    drop(edit, "layer", "jmespath")
    drop(edit, "emulator", "aws-sam-cli")
    drop(edit, "oldest-pip", "pip")
    told = "\n".join(check(project))
    for needed in (
        r"dev\.txt: pyproject\.toml needs cfn-lint, which is not in the lock \(Python 3\.11, 3\.12, 3\.13, 3\.14\)",
        r"dev\.txt: pytest==\S+ needs iniconfig",
        r"dev\.txt: moto==\S+ needs flask.*; extra ==",
        r"dev\.txt: pyproject\.toml needs requests",
        r"telemap\.txt: python-dateutil==\S+ needs six",
        r"telemap\.txt: pyproject\.toml needs rich",
        r"build\.txt: hatchling==\S+ needs tomlkit",
        r"layer\.txt: boto3==\S+ needs jmespath",
        r"emulator\.txt: pyproject\.toml needs aws-sam-cli",
        r"oldest-pip\.txt: pyproject\.toml needs pip==23\.0.* \(Python 3\.11\)",
    ):
        assert re.search(rf"^requirements/{needed}", told, re.MULTILINE), needed


def test_a_pin_that_holds_for_some_pythons_only_is_found(project: Path, edit: Edit) -> None:
    edit("requirements/dev.txt", r"^(pluggy==\S+)", r"\1 ; python_full_version >= '3.12'")
    edit("requirements/dev.txt", r"^(iniconfig==\S+)", r"\1 ; platform_machine == 'x86_64'")
    told = "\n".join(check(project))
    assert re.search(r"needs pluggy\S*, which is not in the lock \(Python 3\.11\)$", told, re.MULTILINE)
    assert re.search(r"needs iniconfig\S*, which is not in the lock \(Python 3\.11, .*3\.14\)$", told, re.MULTILINE)


def test_a_pin_without_an_extra_is_found(project: Path, edit: Edit) -> None:
    edit("requirements/dev.txt", r"^coverage\[toml\]", "coverage")
    edit("requirements/dev.txt", r"^moto\[secretsmanager, server\]", "moto[secretsmanager]")
    needs, asked, *_ = check(project)
    assert re.search(r"pyproject\.toml needs moto\[.*\], but the lock has moto\S+ without \[server\] ", needs)
    assert re.search(
        r"pytest-cov==\S+ needs coverage\[toml\]\S+, but the lock has coverage==\S+ without \[toml\] ", asked
    )


def test_what_pyproject_changes_is_found(project: Path, edit: Edit) -> None:
    edit("pyproject.toml", '^    "rich>=13",', '    "rich>=13,<14",\n    "httpx[http2]>=0.27",')
    edit("pyproject.toml", '^    "requests>=2.32",\n', "")
    edit("pyproject.toml", '^    "twine",', '    "twine>=999",')
    edit("pyproject.toml", '^    "cfn-lint",', '    "cfn-lint[full]",')
    edit("pyproject.toml", '^    "python-hcl2",\n', "")
    edit("pyproject.toml", "^build = .*", 'build = ["editables>=999"]')
    told = "\n".join(check(project))
    for change in (
        r"dev\.txt: pyproject\.toml needs httpx\[http2\]>=0\.27, which is not in the lock",
        r"telemap\.txt: pyproject\.toml needs httpx",
        r"telemap\.txt: pyproject\.toml needs rich<14,>=13, but the lock has rich==",
        r"dev\.txt: pyproject\.toml needs twine>=999, but the lock has twine==",
        r"dev\.txt: pyproject\.toml needs cfn-lint\[full\], but the lock has cfn-lint\S+ without \[full\]",
        r"build\.txt: pyproject\.toml needs editables>=999",
    ):
        assert re.search(rf"^requirements/{change}", told, re.MULTILINE), change


def test_a_pin_that_nothing_needs_any_more_is_found(project: Path, edit: Edit) -> None:
    edit("pyproject.toml", '^    "python-hcl2",\n', "")
    edit("pyproject.toml", '"moto\\[server,secretsmanager\\]"', '"moto[secretsmanager]"')
    edit("requirements/build.txt", "^editables", "editables[fast]")
    told = check(project)
    for leftover in ("python-hcl2", "lark", "moto[server]", "flask"):
        assert any(f"requirements/dev.txt: nothing needs {leftover}==" in line for line in told), leftover
    assert any("requirements/build.txt: nothing needs editables[fast]==" in line for line in told)
    assert not any(f"nothing needs {needed}==" in line for line in told for needed in ("moto", "networkx", "regex"))


def test_locks_that_disagree_are_found(project: Path, edit: Edit) -> None:
    edit("requirements/telemap.txt", r"^(urllib3)==.*", r"\1==2.0.0 \\")
    edit("requirements/dev.txt", r"^(?=zipp==)", "zipp==1.0.0 --hash=sha256:" + "0" * 64 + "\n")
    told = "\n".join(check(project))
    assert re.search(
        r"^requirements/telemap\.txt: it has urllib3==2\.0\.0, but \S+/dev\.txt has urllib3==", told, re.MULTILINE
    )
    assert re.search(
        r"^requirements/dev\.txt: it has zipp==.*, but requirements/dev\.txt has zipp==1\.0\.0", told, re.MULTILINE
    )


def test_what_is_not_pinned_by_version_and_hash_is_found(project: Path) -> None:
    added = ("-i ../packages", "-e .", "a", "b>=1", "c==1.*", "d @ https://example.com/d.whl")
    (project / "requirements" / "layer.txt").write_text("\n".join([*added, "e==1"]))
    (project / "requirements" / "more.txt").write_text("f==1\n")
    told = check(project)
    for line in (*added, "e==1"):
        assert any(one.startswith("requirements/layer.txt: not ") and one.endswith(f": {line}") for one in told), line
    assert "requirements/more.txt: not a lock that `make lock` writes" in told


def test_pins_that_other_files_repeat_are_compared(project: Path, edit: Edit) -> None:
    edit("pyproject.toml", '^    "hatchling==.*"', '    "hatchling"')
    edit(".pre-commit-hooks.yaml", "^    - urllib3==.*\n", "")
    assert check(project) == [
        "pyproject.toml: it repeats other pins than requirements/build.txt has",
        ".pre-commit-hooks.yaml: it repeats other pins than requirements/telemap.txt has",
    ]


def test_the_lock_of_npm_is_complete_and_names_no_registry(project: Path, edit: Edit) -> None:
    edit(f"{NPM}/package.json", '"yaml-language-server": ".*"', '"yaml-language-server": "^2"')
    edit(f"{NPM}/package-lock.json", '"integrity": .*\n', '"resolved": "https://example.com/l10n.tgz",\n')
    assert check(project) == [
        f"{NPM}/package-lock.json: not the lock of package.json",
        f"{NPM}/package-lock.json: node_modules/@vscode/l10n has no hash",
        f"{NPM}/package-lock.json: node_modules/@vscode/l10n has a download address",
    ]
    edit(f"{PINO}/package-lock.json", '"integrity": .*\n', "")
    assert f"{PINO}/package-lock.json: node_modules/@pinojs/redact has no hash" in check(project)


def test_nothing_is_installed_with_what_it_asks_for(sources: Path) -> None:
    texts = {path: path.read_text(errors="ignore") for path in sources.rglob("*") if path.is_file()}
    commands = [
        (path.relative_to(sources), command)
        for path, text in texts.items()
        if path.suffix != ".py"
        for command in re.findall(r"\bpip (?:install|download) .*", text.replace("\\\n", " "))
    ]
    assert {str(path) for path, _ in commands} >= {".ci/venv", ".ci/servers", "action.yml", "docs/how-to/install.md"}
    assert [place for place in commands if "--no-deps" not in place[1]] == []
