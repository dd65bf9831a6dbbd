"""Python that runs in the worker reaches no JavaScript, no network and no storage, whatever its code is.

A mapping cannot run code of its own; this is what holds if one could. `tests/playground/browser` has what the browser
itself refuses.
"""

from __future__ import annotations

import socket
from pathlib import Path
from typing import TYPE_CHECKING

import playground.probing
import pytest
from playground.node_engine import NodeEngine

if TYPE_CHECKING:
    from collections.abc import Iterator

OUT_OF_REACH = {
    "js": "import js",
    "js.fetch": "from js import fetch",
    "js once more": "import importlib; importlib.invalidate_caches(); import js",
    "Pyodide's interface": "import pyodide_js",
    "pyodide.http": "from pyodide.http import pyfetch",
    "run_js": "from pyodide.code import run_js",
    "the finder of JavaScript modules": "from _pyodide._importhook import jsfinder; jsfinder.jsproxies['js']",
    "socket": "import socket",
    "urllib": "import urllib.request",
    "http": "import http.client",
    "ctypes": "import ctypes",
    "subprocess": "import subprocess",
    "a connection": "import _socket; _socket.socket().connect(('127.0.0.1', {port}))",
    "code from text": "import _pyodide_core; _pyodide_core.to_js({{}}).constructor.constructor('return 1')()",
    "code from text, by an async function": (
        "import _pyodide_core; to = _pyodide_core.to_js({{}})\n"
        "to.constructor.getPrototypeOf(to.toString).constructor('return 1')()"
    ),
}


@pytest.fixture(scope="module")
def prober(built_playground: Path) -> Iterator[NodeEngine]:
    with NodeEngine(built_playground / "static", Path(playground.probing.__file__)) as engine:
        yield engine


@pytest.fixture(scope="module")
def open_port(_integration: None) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("what", OUT_OF_REACH)
def test_code_in_the_worker_cannot_reach(prober: NodeEngine, what: str, open_port: int) -> None:
    told = prober.told("probe", OUT_OF_REACH[what].format(port=open_port))
    assert list(told) == ["refused"], told


def test_code_in_the_worker_runs_and_has_a_clock(prober: NodeEngine) -> None:
    told = prober.ask("probe", "import time; result = time.time() > 1.7e9")
    assert told is True


def test_no_object_of_javascript_is_left_in_python(prober: NodeEngine) -> None:
    code = (
        "import gc, _pyodide_core\n"
        "from _pyodide._core_docs import _JsProxyMetaClass\n"
        "result = [str(one)[:99] for one in gc.get_objects() if isinstance(type(one), _JsProxyMetaClass)]"
    )
    assert prober.ask("probe", code) == []
