"""The launcher of a layer without a Python of its own, and without a usable one of the function's."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from extension.lives import life
from extension.recording_server import RecordingServer, Request
from patience import PATIENCE_SECONDS

import telemap_lambda
from telemap_lambda.local_server import Answer
from telemap_lambda.sandbox import EnvironmentFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from telemap_lambda.fake_gateway import FakeGateway
    from telemap_lambda.sandbox import Sandbox, SandboxResult

MAIN = Path(telemap_lambda.__path__[0]) / "__main__.py"
SHELL = ["sh", "sed", "tr", "cat"]

# What an interpreter is that says it were 3.9, and is asked to run a program as the launcher asks it.
OLD_PYTHON = f"""#!/bin/sh
exec {sys.executable} -I -S -c '
import sys
sys.version_info = (3, 9, 18, "final", 0)
program = sys.argv[3]
sys.argv = sys.argv[3:]
exec(compile(open(program).read(), program, "exec"), {{"__name__": "__main__", "__file__": program}})
' "$@"
"""


def assert_it_kept_the_function_alive(result: SandboxResult, *, invocations: int) -> None:
    assert [invocation.failed for invocation in result.invocations] == [False] * invocations
    assert (result.exit_code, result.killed) == (0, False)
    (line,) = [json.loads(line) for line in result.stderr.splitlines()]
    assert line["level"] == "error"
    assert "needs Python 3.11" in line["message"]


@pytest.fixture(scope="session")
def extension_layer(thin_layer: Path) -> Path:
    """Return the layer that uses the function's Python."""
    return thin_layer


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that creates a folder with only the given programs."""

    def make(*names: str, **scripts: str) -> Path:
        folder = tmp_path / "bin"
        folder.mkdir()
        for name in names:
            found = shutil.which(name)
            if found is None:
                pytest.skip(f"{name} is not installed")
            (folder / name).symlink_to(found)
        for name, script in scripts.items():
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
        return folder

    return make


def idle(
    open_sandbox: Callable[..., Sandbox], path: Path, gateway: FakeGateway, environment: Mapping[str, str] | None = None
) -> SandboxResult:
    """Play two invocations without the extension, which is registered only for SHUTDOWN."""
    chosen = {"PATH": str(path), "GATEWAY": gateway.url, **(environment or {})}
    sandbox = open_sandbox(life("a", "b"), chosen)
    result = sandbox.run()
    assert [call.name for call in sandbox.calls] == ["register", "next"]
    assert gateway.requests == ()
    return result


PROXIED: list[dict[str, str]] = [{}, {"http_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"}]


@pytest.mark.parametrize("environment", PROXIED)
def test_without_python_it_idles_with_curl(
    open_sandbox: Callable[..., Sandbox],
    programs: Callable[..., Path],
    embedded_gateway: FakeGateway,
    environment: dict[str, str],
) -> None:
    result = idle(open_sandbox, programs(*SHELL, "curl"), embedded_gateway, environment)

    assert_it_kept_the_function_alive(result, invocations=2)


@pytest.mark.parametrize("environment", PROXIED)
def test_without_curl_it_idles_with_bash(
    open_sandbox: Callable[..., Sandbox],
    programs: Callable[..., Path],
    embedded_gateway: FakeGateway,
    environment: dict[str, str],
) -> None:
    result = idle(open_sandbox, programs(*SHELL, "bash"), embedded_gateway, environment)

    assert_it_kept_the_function_alive(result, invocations=2)


def test_an_old_python_is_not_used(
    open_sandbox: Callable[..., Sandbox], programs: Callable[..., Path], embedded_gateway: FakeGateway
) -> None:
    result = idle(open_sandbox, programs(*SHELL, "bash", python3=OLD_PYTHON), embedded_gateway)

    assert_it_kept_the_function_alive(result, invocations=2)


def test_an_old_python_starts_a_newer_one(
    play: Callable[..., SandboxResult], programs: Callable[..., Path], embedded_gateway: FakeGateway
) -> None:
    newer = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
    path = programs("sh", **{"python3": OLD_PYTHON, "python3.13": newer})
    result = play(life("a"), {"PATH": str(path), "GATEWAY": embedded_gateway.url})

    assert (result.exit_code, result.stderr) == (0, "")
    assert len(embedded_gateway.groups) == 1


def test_a_python_with_only_a_versioned_name_is_found(
    play: Callable[..., SandboxResult], programs: Callable[..., Path], embedded_gateway: FakeGateway
) -> None:
    path = programs("sh", **{"python3.12": f'#!/bin/sh\nexec {sys.executable} "$@"\n'})
    result = play(life("a"), {"PATH": str(path), "GATEWAY": embedded_gateway.url})

    assert (result.exit_code, result.stderr) == (0, "")
    assert len(embedded_gateway.groups) == 1


def test_without_python_curl_and_bash_it_logs_what_to_do(
    open_sandbox: Callable[..., Sandbox], programs: Callable[..., Path]
) -> None:
    with pytest.raises(EnvironmentFailed, match="neither curl nor bash"):
        open_sandbox(life("a"), {"PATH": str(programs("sh"))}).run()


def test_the_functions_python_settings_are_ignored(
    play: Callable[..., SandboxResult], embedded_gateway: FakeGateway, tmp_path: Path
) -> None:
    for name in ("json", "socket", "sitecustomize", "requests"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the function's own module was imported')\n")
    hostile = {"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": "/no", "PYTHONHOME": "/no", "PYTHONWARNINGS": "error"}
    result = play(life("a"), {"GATEWAY": embedded_gateway.url, **hostile})

    assert (result.exit_code, result.stderr) == (0, "")
    assert len(embedded_gateway.groups) == 1


def test_an_old_python_can_parse_the_entry_point() -> None:
    tree = ast.parse(MAIN.read_text(), feature_version=(3, 4))
    imported = [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]

    assert imported == ["os", "sys", "marshal"]
    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr) for node in ast.walk(tree))


def test_the_launcher_is_a_plain_shell_script(extension_layer: Path) -> None:
    launcher = extension_layer / "extensions" / "telemap"

    assert os.access(launcher, os.X_OK)
    assert b"\r" not in launcher.read_bytes()
    assert subprocess.run(["sh", "-n", str(launcher)], check=False).returncode == 0
    assert launcher.read_text().startswith("#!/bin/sh\n")


def test_it_registers_under_the_name_of_its_file(
    open_sandbox: Callable[..., Sandbox], embedded_gateway: FakeGateway
) -> None:
    sandbox = open_sandbox(life("a"), {"GATEWAY": embedded_gateway.url})
    sandbox.start()
    registration: Any = sandbox.registration

    assert registration.name == "telemap"
    assert registration.events == {"INVOKE", "SHUTDOWN"}


@pytest.mark.parametrize("client", ["curl", "bash"])
def test_a_refused_next_event_is_requested_again(
    extension_layer: Path, programs: Callable[..., Path], client: str
) -> None:
    answers = iter([Answer(500), None, Answer(403), Answer(200, b'{"eventType":"SHUTDOWN"}')])

    def answer(request: Request) -> Answer | None:
        if request.path.endswith("/register"):
            return Answer(200, headers={"Lambda-Extension-Identifier": "some-id"})
        return next(answers)

    with RecordingServer(answer) as api:
        environment = {"PATH": str(programs(*SHELL, "sleep", client)), "AWS_LAMBDA_RUNTIME_API": api.address}
        finished = subprocess.run(
            [extension_layer / "extensions" / "telemap"], env=environment, timeout=PATIENCE_SECONDS, check=False
        )

    assert finished.returncode == 0
    assert [request.path.rpartition("/")[2] for request in api.requests] == ["register", *["next"] * 4]
    assert {request.headers["Lambda-Extension-Identifier"] for request in api.requests[1:]} == {"some-id"}
