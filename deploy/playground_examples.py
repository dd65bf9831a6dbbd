"""The examples of the playground: those of the documentation and of `mappings/`, each a whole mapping with events.

    python deploy/playground_examples.py STATIC [PAGE]

writes the examples that the page lists into a folder: `index.json`, and for each example `NAME.json` with what the
engine answers, so that it is seen before the engine has started. The page of the local server, which answers at once,
gets them without.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import textwrap
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from telemap.document.loader import parse_document
from telemap.mapping_tests.reading import read_tests
from telemap.playground import Session
from telemap.resources import SHIPPED, mapping_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TOP: Final = Path(__file__).parents[1]
REFERENCE: Final = TOP / "docs" / "reference" / "mapping.md"
RECIPES: Final = TOP / "docs" / "how-to" / "recipes.md"

_RECORDINGS: Final = (TOP / "tests" / "events", TOP / "tests" / "mappings" / "events")
_PLATFORM: Final = (
    "cold_start_on_demand",
    "warm_invokes",
    "handled_error",
    "function_timeout",
    "out_of_memory",
    "crash_and_failure",
    "init_error",
)
_LOGS: Final = ("function_logs_json", "function_logs_text", "handled_error")
_SHIPPED: Final = {
    "platform": ("All platform events", _PLATFORM),
    "default": ("Durations, memory and invocations", _PLATFORM),
    "logs": ("Lines by level, and errors by type", _LOGS),
    "emf": ("Metrics of Powertools and EMF libraries", ("emf_logs",)),
    "aws-sample": ("The names of AWS's sample", _PLATFORM),
}
"""The recordings of each shipped mapping."""

_TITLE: Final = 60
"""Characters of a title, which stands in a list."""

_TRACED: Final = 500
"""Events that the page traces at once."""

_MARKED: Final = re.compile(
    r"<!-- example(?: on (?P<recording>\w+))?: (?P<title>.*?) -->\n```yaml\n(?P<mapping>.*?)```", re.DOTALL
)
_RECIPE: Final = re.compile(
    r'^## (?P<title>[^\n]*)\n(?:(?!^## ).)*?```yaml title="(?P<name>[\w-]+)\.yaml"\n(?P<mapping>.*?)```\n\n'
    r'```yaml title="(?P=name)\.test\.yaml"\n(?P<test>.*?)```',
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Example:
    """A mapping and events.

    Attributes:
        name: for addresses.
        file: the name of the mapping's file.
        events: one JSON object a line.
        end: where its mapping ends in its page; 0 if it is on none.
    """

    name: str
    title: str
    file: str
    mapping: str
    events: str
    end: int = 0

    def fragment(self) -> str:
        """Return the fragment of an address that opens the example: see `playground/src/sharing/link.ts`."""
        shared = {"mapping": self.mapping, "events": self.events, "name": self.file}
        text = json.dumps(shared, ensure_ascii=False, separators=(",", ":"))
        packed = base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode()
        return f"#1.{packed.rstrip('=')}"


def examples_of_reference(page: str) -> Iterator[Example]:
    """Yield the examples in the text of `docs/reference/mapping.md`."""
    for found in _MARKED.finditer(page):
        name = re.sub(r"\W+", "-", found["title"].lower()).strip("-")
        events = _recorded([found["recording"] or "cold_start_on_demand"])
        if "new_fields:" in found["mapping"]:  # which no recording can have
            events = events.replace('"metrics": {', '"metrics": {"networkBytes": 51200, ')
        yield Example(name, found["title"], "mapping.yaml", found["mapping"], events, found.end())


def examples_of_recipes(page: str) -> Iterator[Example]:
    """Yield the recipes in the text of `docs/how-to/recipes.md`; their events are those of their tests."""
    for found in _RECIPE.finditer(page):
        tests = read_tests(parse_document(found["test"].encode(), "recipe.test.yaml")).tests
        events = [event for test in tests for batch in test.batches for event in _written(batch.events)]
        file = f"{found['name']}.yaml"
        yield Example(
            f"recipe.{found['name']}", found["title"], file, found["mapping"], _lines(events), found.end("mapping") + 3
        )


def _written(events: Any) -> Iterable[Any]:
    if not isinstance(events, tuple):
        raise TypeError("a recipe's test has its events in itself")
    return events


def _lines(events: Iterable[Any]) -> str:
    return "".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events)


def _recorded(names: Iterable[str]) -> str:
    """Return recordings as the page shows them, one after the other."""
    paths = [
        next(folder / f"{name}.json" for folder in _RECORDINGS if (folder / f"{name}.json").exists()) for name in names
    ]
    return _lines(event for path in paths for event in json.loads(path.read_text(encoding="utf-8")))


def listed_examples() -> dict[str, list[Example]]:
    """Return the examples that the page lists, by the heading that they stand under."""
    return {
        "Start here": [_shop()],
        "Recipes": list(examples_of_recipes(RECIPES.read_text(encoding="utf-8"))),
        "Shipped mappings": [_shipped(name, *about) for name, about in _SHIPPED.items()],
        "Features of the language": [
            _feature(path)
            for path in sorted((TOP / "mappings" / "examples").glob("*.yaml"))
            if not path.stem.endswith(".test")
        ],
    }


def _shop() -> Example:
    folder = TOP / "playground" / "examples"
    mapping, events = ((folder / name).read_text(encoding="utf-8") for name in ("shop.yaml", "shop.jsonl"))
    return Example("shop", "A shop: Lambda's numbers and its own", "shop.yaml", mapping, events)


def _shipped(name: str, title: str, recordings: Iterable[str]) -> Example:
    mapping = mapping_path(f"{SHIPPED}{name}").read_text(encoding="utf-8")
    return Example(f"shipped.{name}", f"{SHIPPED}{name}: {title}", f"{name}.yaml", mapping, _recorded(recordings))


def _feature(path: Path) -> Example:
    """Return a file of `mappings/examples`; its head says what it shows, and with which recording."""
    mapping = path.read_text(encoding="utf-8")
    head = "".join(re.findall(r"^# ?(.*\n)", mapping.partition("\nversion:")[0] + "\n", re.MULTILINE)).replace(
        "\n", " "
    )
    recording = re.search(r"Try it with \S+/(\w+)\.json", head)
    if recording is None:
        raise ValueError(f"{path} does not say with which recording to try it")
    title = textwrap.shorten(re.split(r"\. |\.$", head)[0], _TITLE, placeholder="\N{HORIZONTAL ELLIPSIS}")
    return Example(f"feature.{path.stem}", title, path.name, mapping, _recorded([recording[1]]))


def answers(example: Example) -> dict[str, Any]:
    """Return what the engine answers first."""
    session = Session()
    mapping = {"name": example.file, "text": example.mapping}
    evaluate = session.ask("evaluate", {"mapping": mapping, "events": {"revision": 1, "text": example.events}})
    return {"evaluate": evaluate, "trace": session.ask("trace", {"first": 1, "last": _TRACED})}


def write(folder: Path, *, answered: bool = True) -> None:
    """Write what the page lists into a folder, with what the engine answers if `answered`."""
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for group, examples in listed_examples().items():
        for example in examples:
            index.append({"name": example.name, "title": example.title, "group": group})
            mapping = {"name": example.file, "text": example.mapping}
            document = {"mapping": mapping, "events": example.events, "answers": answers(example) if answered else None}
            _write(folder / f"{example.name}.json", document)
    _write(folder / "index.json", index)


def _write(path: Path, document: Any) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
    for name in sys.argv[2:]:
        write(Path(name), answered=False)
