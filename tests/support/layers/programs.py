"""Programs for the Python of a layer, which check it from inside."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

IMPORT_ALL = """
import importlib, json, marshal, os, sys, warnings
from pathlib import Path

warnings.simplefilter("ignore")
packages = Path(sys.argv[1])
python = packages / "python"
(library,) = (python / "lib").glob("python3.*")
sys.path.insert(0, str(packages))
(bundle,) = packages.glob("modules.*.bundle")
file = os.open(bundle, os.O_RDONLY)
finder, bundled = marshal.loads(os.read(file, int.from_bytes(os.read(file, 8)[4:], "little")))
exec(finder, {"file": file, "folder": f"{packages}/", "modules": bundled, "__name__": "layer_finder"})
names = list(bundled)
for folder in (packages, library):
    for path in folder.rglob("*.pyc"):
        if folder == library or not path.is_relative_to(python):
            names.append(".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__"))
assert "telemap_lambda.start" in names and "json.decoder" in names
failed = set()
for name in names:
    try:
        name.endswith("__main__") or importlib.import_module(name)
    except ImportError:
        failed.add(name)
print(json.dumps(sorted(failed)))
"""

WRITTEN_IN_C = """
import datetime, decimal, json.decoder, json.encoder, json.scanner, sys, _datetime, _decimal, _json
assert json.scanner.c_make_scanner is _json.make_scanner
assert json.decoder.scanstring is _json.scanstring
assert json.encoder.c_make_encoder is _json.make_encoder
assert decimal.Decimal is _decimal.Decimal
assert datetime.datetime is _datetime.datetime
assert sys.flags.utf8_mode == 1 and sys.executable == sys.argv[1], (sys.flags, sys.executable)
"""


def own_python(opt: Path) -> Path:
    """Return what `sys.executable` names in an unzipped layer with one Python."""
    (program,) = (opt / "telemap" / "python").glob("*/python3")
    return program


def run_in(python: Path, program: str, *arguments: str) -> str:
    """Run a program in the Python of a layer, and return what it prints."""
    command = [str(python), "-I", "-S", "-B", "-c", program, *arguments]
    done = subprocess.run(command, env={"LC_ALL": "C"}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
