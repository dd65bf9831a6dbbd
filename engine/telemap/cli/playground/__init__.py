"""`telemap playground`: a page in the browser that shows what becomes of events while one writes a mapping."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from telemap.cli import UsageError
from telemap.cli.files import STDIN, is_recording, is_test, require_mapping, similar_mapping
from telemap.cli.inputs import DEFAULT_MAPPING, add_events, add_mapping, events_of, one_of
from telemap.cli.interruption import Interruption
from telemap.cli.output import print_lines, say
from telemap.cli.values import port_number, web_address
from telemap.resources import SHIPPED

if TYPE_CHECKING:
    from telemap.cli.playground.events_file import EventsFile
    from telemap.cli.playground.handler import Handler
    from telemap.cli.playground.mapping_file import MappingFile
    from telemap.cli.playground.questions import Questions
    from telemap.cli.playground.server import PlaygroundServer

HELP = "Write a mapping in the browser, and see at once what becomes of events."

PAGE: Final = Path(__file__).parents[2] / "playground" / "page"
"""Where `make playground` puts the page."""

PORT: Final = 8600
"""The usual port: what a browser keeps for the page, such as what is not saved yet, it keeps by its address."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments to its parser."""
    add_mapping(parser)
    add_events(parser)
    parser.add_argument(
        "--port",
        metavar="N",
        type=port_number,
        help=f"listen on port N, 0 for a free one (default: {PORT}, or a free one if it is in use)",
    )
    parser.add_argument("--page", metavar="DIR", type=Path, default=PAGE, help=argparse.SUPPRESS)  # another build of it
    parser.add_argument(
        "--site",
        metavar="URL",
        type=web_address,
        help="the playground that shared links open (default: the published documentation's, if there is one)",
    )
    parser.add_argument("--no-open", action="store_true", help="only print the address, do not open a browser")


def run(arguments: argparse.Namespace) -> int:
    """Serve the page until Ctrl-C."""
    from telemap.cli.playground.browser import can_open, open_in_browser  # noqa: PLC0415 - `--help` does not need them
    from telemap.cli.playground.documentation import PLAYGROUND, documentation_address  # noqa: PLC0415
    from telemap.cli.playground.handler import Handler, Served  # noqa: PLC0415
    from telemap.cli.playground.page_files import read_page  # noqa: PLC0415
    from telemap.cli.playground.questions import Questions  # noqa: PLC0415
    from telemap.cli.playground.server import PlaygroundServer  # noqa: PLC0415

    files = read_page(arguments.page)
    mapping, events = _mapping(arguments), _events(arguments)
    token = secrets.token_urlsafe(32)
    documentation = documentation_address()
    site = arguments.site or (documentation and f"{documentation}{PLAYGROUND}")
    served = Served(files, token, mapping, events, Questions(), documentation, site)
    handler = type("_Handler", (Handler,), {"served": served})
    server = usual_server(handler) if arguments.port is None else PlaygroundServer(arguments.port, handler)
    try:
        server.start()
        address = f"http://{server.address}/#token={token}"
        say("the playground runs until Ctrl-C; whoever has this address can read both files, and save the mapping:")
        print_lines([address])
        print(end="", flush=True)
        if not arguments.no_open and can_open():
            open_in_browser(address)
        _answer(served.questions, mapping)
    finally:
        server.server_close()
    return 0


def usual_server(handler: type[Handler]) -> PlaygroundServer:
    """Return a server on the usual port, or on a free one if that cannot be used."""
    from telemap.cli.playground.server import PlaygroundServer  # noqa: PLC0415

    try:
        return PlaygroundServer(PORT, handler)
    except UsageError:
        return PlaygroundServer(0, handler)


def _mapping(arguments: argparse.Namespace) -> MappingFile | None:
    """Open the mapping; None if neither it nor a recording is named.

    Raises:
        UsageError: it cannot be opened.
    """
    from telemap.cli.playground.mapping_file import MappingFile  # noqa: PLC0415

    name = one_of(arguments, "mapping")
    if name is None and events_of(arguments) is None:
        return None
    name = name or DEFAULT_MAPPING
    path = Path(name)
    is_new = not name.startswith(SHIPPED) and path.suffix in {".yaml", ".yml"} and not path.exists()
    if not is_new or is_test(name):
        require_mapping(name)
    if not is_new and path.is_file() and is_recording(path):
        raise UsageError(f"{name} is a recording: name the mapping first, then the recording, or use --events")
    mapping = MappingFile(name)
    if is_new:
        say(f"{name} does not exist yet: saving creates it{similar_mapping(name)}")
    return mapping


def _events(arguments: argparse.Namespace) -> EventsFile | None:
    from telemap.cli.playground.events_file import EventsFile  # noqa: PLC0415

    name = events_of(arguments)
    if name == STDIN:
        say("reading events from standard input")
    return None if name is None else EventsFile(name)


def _answer(questions: Questions, mapping: MappingFile | None) -> None:
    """Load the engine while the browser opens the page, and answer its questions."""
    with Interruption() as interruption, interruption.held():  # Ctrl-C within an import may end Python itself
        from telemap.playground import QuestionError, Session  # noqa: PLC0415

    folder = str(mapping.folder) if mapping and mapping.folder else None
    questions.answer_for_ever(lambda: Session(folder), QuestionError)
