"""A compiled plan is the plan that compiling gives now, or is not used."""

from __future__ import annotations

import dataclasses
import marshal
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from examples import rounds

import telemap
from telemap.plan_files.layout import pack, plan_path
from telemap.plan_files.plain import to_plain
from telemap.plan_files.reading import read_plan
from telemap.plan_files.writing import write_plan

TOP = Path(__file__).parents[4]
MAPPINGS = sorted(
    path
    for folder in ("mappings", "tests/cases/apply")
    for path in (TOP / folder).rglob("*.yaml")
    if not path.stem.endswith(".test")
)
PARCELS = """
version: 1
metrics:
  parcels_total: {type: counter, help: Parcels., from: function, labels: {kind: $.record.kind}}
"""
LETTERS = """
version: 1
metrics:
  letters_total: {type: counter, help: Letters., from: function}
"""


class Said(list[str]):
    """What was said, line by line."""

    def __call__(self, line: str) -> None:
        self.append(line)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(PARCELS)
    return path


def content(plan: telemap.Plan) -> dict[str, object]:
    fields = (field.name for field in dataclasses.fields(plan))
    return {name: getattr(plan, name) for name in fields if name != "bind"}


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: str(path.relative_to(TOP)))
def test_every_mapping_gives_the_plan_that_compiling_it_gives(path: Path, tmp_path: Path, said: Said) -> None:
    for part in path.parent.rglob("*.yaml"):
        copy = tmp_path / part.relative_to(path.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(part.read_bytes())
    name = str(tmp_path / path.name)
    write_plan(name)

    plan = read_plan(name, said)

    assert said == []
    assert plan is not None
    compiled_now = telemap.compile(telemap.load(name))
    assert content(plan) == content(compiled_now)
    assert [*map(exact, plan.needs.constants)] == [*map(exact, compiled_now.needs.constants)]


def exact(constant: object) -> str:
    """Distinguish 1 from 1.0 and true, which are equal; a set has no order."""
    return str(sorted(constant)) if isinstance(constant, frozenset) else repr(constant)


def test_it_takes_events(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    plan = read_plan(str(mapping), said)
    assert plan is not None

    store = telemap.apply(plan, [{"type": "function", "record": {"kind": "heavy"}}])

    assert 'parcels_total{kind="heavy"} 1.0\n' in telemap.render(store)


def test_without_a_plan_there_is_none_and_nothing_is_reported(mapping: Path, said: Said) -> None:
    assert read_plan(str(mapping), said) is None
    assert said == []


@pytest.mark.parametrize("name", ["/no/such.yaml", "telemap:no-such", "", ".", "/", "a\0b"])
def test_what_is_no_mapping_has_none(name: str, said: Said) -> None:
    assert read_plan(name, said) is None
    assert said == []


def test_a_mapping_that_has_changed_is_compiled_anew(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    mapping.write_text(PARCELS + "\n# a remark")

    assert read_plan(str(mapping), said) is None
    assert said == [f"the compiled plan {plan_path(mapping)} is not used: {mapping} has changed since it was compiled"]


def test_a_mapping_that_is_gone_has_no_plan(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    mapping.unlink()

    assert read_plan(str(mapping), said) is None
    assert len(said) == 1


@pytest.fixture
def including(tmp_path: Path) -> Path:
    """Return a mapping that includes one, which includes another and a shipped one."""
    folder = tmp_path / "here"
    (folder / "parts").mkdir(parents=True)
    (folder / "main.yaml").write_text("version: 1\ninclude: [parts/one.yaml]\n")
    (folder / "parts" / "one.yaml").write_text(f"include: [../two.yaml, 'telemap:default']\n{PARCELS}")
    (folder / "two.yaml").write_text(LETTERS)
    return folder / "main.yaml"


@pytest.mark.parametrize("part", ["parts/one.yaml", "two.yaml"])
def test_an_included_mapping_that_has_changed_counts(including: Path, said: Said, part: str) -> None:
    write_plan(str(including))
    assert read_plan(str(including), said) is not None
    changed = including.parent / part
    changed.write_text(changed.read_text() + "\n")

    assert read_plan(str(including), said) is None
    assert "has changed since" in said[0]


def test_an_included_mapping_that_is_gone_counts(including: Path, said: Said) -> None:
    write_plan(str(including))
    (including.parent / "two.yaml").unlink()

    assert read_plan(str(including), said) is None
    assert len(said) == 1


def test_a_plan_moves_with_its_mapping_and_takes_the_new_name(including: Path, said: Said) -> None:
    write_plan(str(including))
    moved = including.parent.rename(including.parent.parent / "there") / "main.yaml"

    plan = read_plan(str(moved), said)

    assert said == []
    assert plan is not None
    assert plan.name == str(moved)


def test_a_plan_is_found_by_a_relative_name_too(including: Path, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    write_plan(str(including))
    monkeypatch.chdir(including.parent.parent)

    assert read_plan("./here/../here/main.yaml", said) is not None
    assert said == []


@pytest.mark.parametrize("made_by", [b"telemap 0.0.1, Python", b"telemap ", b""])
def test_a_plan_of_another_telemap_or_python_is_left_alone(mapping: Path, said: Said, made_by: bytes) -> None:
    write_plan(str(mapping))
    path = plan_path(mapping)
    _, rest = path.read_bytes().split(b" Python ", 1)
    path.write_bytes(made_by + b"x " + rest)

    assert read_plan(str(mapping), said) is None
    assert "another version" in said[0]


def test_a_damaged_plan_is_left_alone(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    path = plan_path(mapping)
    whole = path.read_bytes()
    chance = random.Random(1)  # noqa: S311 - the same damages each time
    damages = [whole[: chance.randrange(len(whole))] for _ in range(50)]
    damages += [bytes(chance.randbytes(100)), b"", whole + b"\n", whole.replace(b"\n", b"\r\n")]
    for _ in range(rounds(200)):
        position = chance.randrange(len(whole))
        damages.append(whole[:position] + bytes([whole[position] ^ (1 << chance.randrange(8))]) + whole[position + 1 :])

    for damaged in damages:
        path.write_bytes(damaged)
        assert read_plan(str(mapping), said) is None

    assert len(said) == len(damages)


def test_a_folder_or_a_pipe_in_its_place_is_left_alone(mapping: Path, said: Said) -> None:
    plan_path(mapping).mkdir()
    assert read_plan(str(mapping), said) is None
    plan_path(mapping).rmdir()
    os.mkfifo(plan_path(mapping))
    assert read_plan(str(mapping), said) is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_plan_of_another_user_is_left_alone(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    os.chown(plan_path(mapping), 12345, -1)

    assert read_plan(str(mapping), said) is None
    assert "owner" in said[0]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_plan_of_root_is_taken_whoever_owns_the_mapping(mapping: Path, said: Said) -> None:
    write_plan(str(mapping))
    os.chown(mapping, 12345, -1)

    assert read_plan(str(mapping), said) is not None
    assert said == []


@pytest.mark.integration
def test_the_same_mapping_gives_the_same_bytes_in_any_process(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from telemap.plan_files.writing import write_plan
write_plan({str(TOP / "tests" / "support" / "whole_language.yaml")!r}, Path("whole.plan"))
write_plan("telemap:platform", Path("platform.plan"))
"""
    made = []
    for seed in "0", "1", "2":
        subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONHASHSEED": seed}, check=True
        )
        made.append([(tmp_path / name).read_bytes() for name in ("whole.plan", "platform.plan")])

    assert made[0] == made[1] == made[2]


def test_a_mapping_with_errors_leaves_the_file_that_exists(mapping: Path) -> None:
    write_plan(str(mapping))
    before = plan_path(mapping).read_bytes()
    mapping.write_text("version: 2")

    with pytest.raises(telemap.MappingError):
        write_plan(str(mapping))

    assert plan_path(mapping).read_bytes() == before


def test_only_values_of_plans_are_written() -> None:
    with pytest.raises(TypeError, match="Store in a plan"):
        to_plain((telemap.Store(telemap.compile(telemap.loads(PARCELS))),))


@pytest.mark.integration
def test_reading_a_plan_imports_neither_yaml_nor_jsonpath_nor_what_checks_and_compiles(mapping: Path) -> None:
    mapping.write_text(PARCELS.replace("$.record.kind", "\"$.record.tags[?(@.name=='kind')].value\""))
    write_plan(str(mapping))
    program = f"""
import sys
import telemap
from telemap.plan_files.reading import read_plan
plan = read_plan({str(mapping)!r}, print)
telemap.render(telemap.apply(plan, [{{"type": "function", "record": {{"kind": "heavy"}}}}]))
spared = ("yaml", "jsonpath_ng", "hashlib", "telemap.check", "telemap.compiler", "telemap.document")
print(*(name for name in spared if name in sys.modules))
"""
    assert subprocess.check_output([sys.executable, "-c", program], text=True) == "\n"


@pytest.mark.parametrize(
    "body", [b"garbage", marshal.dumps(5), marshal.dumps(((), b"", {})), marshal.dumps(({}, 1, {}))]
)
def test_what_has_the_head_of_a_plan_and_is_none_is_not_used(tmp_path: Path, body: bytes) -> None:
    mapping = tmp_path / "mine.yaml"
    mapping.write_text("version: 1\nmetrics:\n  i_total: {type: counter, help: I., from: function}\n")
    plan_path(mapping).write_bytes(pack(body))
    said: list[str] = []

    assert read_plan(str(mapping), said.append) is None
    assert "is not used" in said[0]


def test_a_mapping_is_not_overwritten(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.yaml"
    text = "version: 1\nmetrics:\n  i_total: {type: counter, help: I., from: function}\n"
    mapping.write_text(text)

    with pytest.raises(FileExistsError, match="is not a compiled plan"):
        write_plan(str(mapping), mapping)
    assert mapping.read_text() == text
