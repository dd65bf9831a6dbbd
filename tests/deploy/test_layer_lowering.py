"""The layer's lowered modules: their classes behave like the originals, and what cannot be lowered stops the build."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from layers.building import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

DEPLOY = PROJECT / "deploy"
DESCRIBE = PROJECT / "tests" / "support" / "lowering" / "describe.py"

LOWER = """
import ast, sys
sys.path.insert(0, sys.argv[1])
from layer_lowering import lower
print(ast.unparse(lower(sys.argv[2], "a.py")))
"""

COPY = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from layer_contents import copy_wanted
copy_wanted(*map(Path, sys.argv[2:]))
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the modules that a layer has."""
    whole, wanted = (tmp_path_factory.mktemp(name) for name in ("whole", "wanted"))
    for source in (PROJECT / "engine" / "telemap", PROJECT / "extensions" / "telemap_lambda"):
        shutil.copytree(source, whole / source.name)
    subprocess.run([sys.executable, "-c", COPY, str(DEPLOY), str(whole), str(wanted)], check=True)
    return wanted


def described(form: str, packages: Path) -> dict[str, dict[str, Any]]:
    command = [sys.executable, "-B", str(DESCRIBE), form, str(DEPLOY), str(packages)]
    found: dict[str, dict[str, Any]] = json.loads(subprocess.check_output(command, env={"PYTHONHASHSEED": "0"}))
    return found


@pytest.mark.integration
def test_lowered_classes_behave_like_the_originals(packages: Path) -> None:
    plain, lowered = described("plain", packages), described("lowered", packages)

    assert {one["is"] for one in plain.values()} == {"dataclass", "tuple", "enum"}
    assert lowered.keys() == plain.keys()
    for name, about in plain.items():
        assert lowered[name] == about, name


def lower(source: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LOWER, str(DEPLOY), source]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.integration
@pytest.mark.parametrize(
    "declaration",
    [
        "@dataclass\nclass A:\n    b: int",
        "@dataclass(slots=True, order=True)\nclass A:\n    b: int",
        "@dataclass(slots=True)\nclass A(B):\n    b: int",
        "@other\n@dataclass(slots=True)\nclass A:\n    b: int",
        "@dataclass(slots=True)\nclass A:\n    b: int = field(init=False)",
        "@dataclass(slots=True)\nclass A:\n    def __init__(self): pass",
        "class A(NamedTuple, B):\n    b: int",
        "from dataclasses import asdict",
        "from enum import IntEnum",
    ],
)
def test_what_cannot_be_lowered_stops_the_build(declaration: str) -> None:
    refused = lower(declaration)

    assert refused.returncode == 1
    assert "LoweringError: a.py:" in refused.stderr


@pytest.mark.integration
@pytest.mark.parametrize(
    ("source", "lowered"),
    [
        ("from __future__ import annotations\na: int = 1", "a = 1"),
        ("from typing import Any\ndef a(b: Any) -> Any:\n    c: Any\n    return b", "def a(b):\n    return b"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nb = 1", "b = 1"),
        ("from collections import deque", "from _collections import deque"),
        ("from collections import namedtuple", "from collections import namedtuple"),
        ("import re\nA = re.compile('a')", "from layer_support import re\nimport layer_support\n"),
        (
            "from pathlib import Path\ndef a():\n    return Path()",
            "def a():\n    from pathlib import Path\n    return Path()",
        ),
        ("from pathlib import Path\nA = Path()", "from pathlib import Path\nA = Path()"),
    ],
)
def test_what_only_declares_costs_a_start_nothing(source: str, lowered: str) -> None:
    done = lower(source)

    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(lowered.strip().splitlines()) == sorted(
        line for line in done.stdout.strip().splitlines() if "LazyPattern" not in line
    )
