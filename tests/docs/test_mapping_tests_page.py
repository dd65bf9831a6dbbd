"""Check the reference of mapping tests against `telemap test`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from telemap.cli import main
from telemap.mapping_tests import keys

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parents[2] / "docs/reference/mapping-tests.md").read_text(encoding="utf-8")


def test_examples_pass_and_fail_as_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = dict(re.findall(r"<!-- test: (\S+) -->\n```yaml\n(.*?)```", PAGE, re.DOTALL))
    for name, text in examples.items():
        Path(name).write_text(text, encoding="utf-8")
    assert main(["test", "--coverage", "shop.yaml"]) == 0
    assert "coverage: 1 of 1 rule, 100%" in capsys.readouterr().out
    Path("shop.test.yaml").write_text(examples["shop.test.yaml"].replace("}: 3\n", "}: 4\n"), encoding="utf-8")
    assert main(["test", "shop.yaml"]) == 1
    [failure] = re.findall(r"```\n(FAIL .*?)```", PAGE, re.DOTALL)
    assert capsys.readouterr().out.startswith(failure)


def test_every_key_is_documented() -> None:
    known = keys.TOP | keys.TEST | keys.BATCH | keys.EVENT | keys.EXPECT | keys.VALUE | keys.FILE | set(keys.EVENTS)
    assert [key for key in sorted(known) if not re.search(rf"`[^`\n]*\b{key}\b[^`\n]*`", PAGE)] == []
