"""Whatever comes in, only telemap's own errors come out."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import json_values, wild_events
from yaml_instance import schema_faults

import telemap
from telemap.document import loader
from telemap.keys import tables as keys
from telemap.model import BucketGenerator, Operator
from telemap.problem import Severity
from telemap.problem.codes import CODES, Kind
from telemap.problem.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterator

MAPPINGS = Path(__file__).parents[3] / "mappings"
SEEDS = [
    (Path(__file__).parents[2] / "support" / "whole_language.yaml").read_bytes(),
    *(file.read_bytes() for file in sorted(MAPPINGS.rglob("*.yaml")) if not file.stem.endswith(".test")),
]
TREES = [yaml.load(seed, Loader=yaml.CBaseLoader) for seed in SEEDS]  # noqa: S506 - its nodes are text, lists and maps
KEYS = sorted(
    {"<<", "any", "all", "not", "le", "job", "a", ""}
    | {operator.value for operator in Operator}
    | keys.TOP
    | keys.DEFAULTS
    | keys.FAMILY
    | keys.PARSE
    | keys.VALUE
    | keys.LABEL
    | keys.BUCKETS
    | {key for generator in BucketGenerator for key in generator.keys}
)
WORDS = (
    *("", "a", "$", "$.a", "$..a", ".a", "$key", "$parent.a", "$.a[?(@.b==1)]", "$.a[", "(a)", "(", "(a+)+", "all"),
    *("10m", "0s", "json", "set", "inc", "min", "fold", "drop", "ms", "percent", "counter", "gauge", "summary"),
    *("histogram", "${env:A}", "${x}", "${env:AWS_SESSION_TOKEN}", "platform.report", "telemap:default", "x" * 300),
    *("null", "true", "0", "1", "-1", "1.5", "1e308", "1e999", ".inf", ".nan", "9" * 400, "on", "record.a", "\u202e"),
)
"""What may stand in for any node; plain where YAML lets it."""
PARTS: tuple[Any, ...] = (
    *([], {}, ["a"], ["1", "2"], ["$.a"], ["null"], [[]], {"a": "b"}, {"": ""}, {"path": "$.a"}, {"env": "A"}),
    *({"exists": "$.a"}, {"const": "1"}, {"regex": "(?P<a>b)"}, {"path": "$.a", "equals": "1"}, {"any": []}),
    *({"linear": {"start": "1", "width": "1", "count": "3"}}, [{"path": "$.a", "gt": "1"}], [{"from": "function"}]),
)
PIECES = (
    *(piece.encode() for piece in "-:?{}[],&*!|>'\"%@`#~$.<\\\t\n\r \0\ufeff"),
    *(b"null", b"true", b".inf", b"-.nan", b"1e999", b"- ", b"<<: ", b"*a", b"&a ", b"!!str ", b"---\n", b"...\n"),
    *(b"${env:", b"$.a[?(@.b==1)]", b"$..", b"\xff", b"\xe2\x80\xa8", b'"\\x00"', b'"\\ud800"', b"  ", b"9" * 5000),
)
PATHS = ("$.a[?(@.b=='a')]", "$.a[?(@.b > 1)].b", "$.a.`len`", "$.list[-1]", "$['']", "$.a.b", "$", "$.a.`len`")


MANY = examples(3)


@pytest.fixture(params=[yaml.CLoader, yaml.Loader], ids=["libyaml", "pure Python"], scope="module")
def _parser(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loader, "YAML_LOADER", request.param)
        yield


@st.composite
def mutated_mappings(draw: st.DrawFn) -> bytes:
    """Draw a sound mapping with stretches of its text replaced, doubled or taken out."""
    content = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 40)))
        content = content[:start] + draw(st.sampled_from((*PIECES, content[start:end] * 2))) + content[end:]
    return content


class Dumper(yaml.CSafeDumper):
    """Write text plain where YAML lets it, so that `1` is a number again."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's signature
        return True


Dumper.yaml_implicit_resolvers = {}


@st.composite
def altered_mappings(draw: st.DrawFn) -> bytes:
    """Draw a sound mapping with some of its keys and values exchanged, moved, added or taken out."""
    tree = copy.deepcopy(draw(st.sampled_from(TREES)))
    for _ in range(draw(st.sampled_from((1, 1, 1, 2, 3)))):
        places = list(_places(tree))
        if not places:
            break
        parent, key = places[draw(st.integers(0, len(places) - 1))]
        other, other_key = places[draw(st.integers(0, len(places) - 1))]
        part = draw(st.sampled_from((*WORDS, *PARTS, other[other_key], [parent[key]])))
        action = draw(st.sampled_from(("replace", "replace", "remove", "add", "rename")))
        if action == "remove":
            del parent[key]
        elif action == "add" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = copy.deepcopy(part)
        elif action == "rename" and isinstance(parent, dict):
            parent[draw(st.sampled_from(KEYS))] = parent.pop(key)
        else:
            parent[key] = copy.deepcopy(part)
    return yaml.dump(tree, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=10_000).encode()


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    """Return each place of a tree: the map or list, and the key or index in it."""
    for key in list(tree) if isinstance(tree, dict) else range(len(tree)):
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _places(tree[key])


def problems_of(content: bytes) -> tuple[telemap.Problem, ...]:
    """Load a mapping, and run it when it can be used; give its problems, warnings too."""
    try:
        mapping = telemap.loads(content, "mapping.yaml")
        plan = telemap.compile(mapping)
    except telemap.MappingError as refused:
        problems = refused.problems
    else:
        list(telemap.apply(plan, [{"type": "platform.report", "record": {}}]).collect())
        return mapping.warnings
    assert any(problem.severity is Severity.ERROR for problem in problems)
    return problems


@pytest.mark.usefixtures("_parser")
@MANY
@given(st.one_of(mutated_mappings(), st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
@example(b"version: .inf\nmetrics: {}\n")
@example(b"version: 1\nmetrics: {a_total: {type: counter, help: A., from: a, scale: -1}}\n")
def test_any_bytes_are_a_mapping_or_have_problems_that_can_be_drawn(content: bytes) -> None:
    assert all(draw(problem) for problem in problems_of(content))


@MANY
@given(st.one_of(altered_mappings(), mutated_mappings()))
def test_the_schema_and_telemap_find_structural_faults_in_the_same_mappings(content: bytes) -> None:
    problems = problems_of(content)
    assert all(draw(problem) for problem in problems)
    structural = {problem for problem in problems if CODES[problem.code] is Kind.STRUCTURAL}
    own = [draw(problem) for problem in structural if problem.file == "mapping.yaml"]
    try:
        faults = schema_faults(content)
    except telemap.MappingError as no_yaml:
        faults = [str(no_yaml)]
    assert bool(own) == bool(faults), (own, faults)


@MANY
@given(st.one_of(altered_mappings(), mutated_mappings()))
def test_both_yaml_parsers_find_the_same_problems(content: bytes) -> None:
    drawn = []
    for parser in (yaml.CLoader, yaml.Loader):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loader, "YAML_LOADER", parser)
            drawn.append([_without_syntax(problem) for problem in problems_of(content)])
    assert drawn[0] == drawn[1]


def _without_syntax(problem: telemap.Problem) -> str:
    """Draw a problem; the parsers see some faults of syntax in other places, and in other words."""
    return "no YAML" if problem.code.startswith("yaml-") else draw(problem)


@pytest.mark.usefixtures("_parser")
@given(st.one_of(st.text(max_size=20), st.text("$.[]'\"?()@=<>~&|*,:0a`+-/ ", max_size=20)))
def test_any_path_is_used_or_refused(text: str) -> None:
    quoted = yaml.safe_dump("$" + text, allow_unicode=False, width=10_000).partition("\n...")[0].strip()
    mapping = f"version: 1\nmetrics:\n  m: {{type: gauge, help: M., from: x, value: {quoted}}}\n"
    try:
        plan = telemap.compile(telemap.loads(mapping))
    except telemap.MappingError:
        return
    telemap.apply(plan, [{"type": "x", "record": {"a": [1, {"a": "0"}]}, "a": 1}])


@given(events=st.lists(st.one_of(wild_events, st.fixed_dictionaries({"type": st.just("x"), "a": json_values}))))
def test_no_event_makes_apply_raise(reads_everything: telemap.Plan, events: list[Any]) -> None:
    store = telemap.apply(reads_everything, events)
    telemap.render(store).encode()
    list(store.collect())


@given(body=st.one_of(st.binary(max_size=40), json_values.map(repr), st.text('[]{}",:0eE-.nultrfas\n', max_size=40)))
def test_any_body_is_decoded_or_refused(reads_everything: telemap.Plan, body: bytes | str) -> None:
    try:
        events = telemap.decode(body)
    except telemap.DecodeError:
        return
    telemap.apply(reads_everything, events)


@pytest.fixture(scope="module")
def reads_everything(_parser: None) -> telemap.Plan:
    sources = "".join(
        f'      - {{from: "*", value: "{path}", labels: {{a: "{path}", b: $.a}}}}\n'
        f'      - {{from: x, value: {{path: "{path}", default: 1}}, scale: 1e3, labels: {{a: $.type, b: "{path}"}}}}\n'
        for path in PATHS
    )
    families = "".join(
        f"  m{number}{'_total' if kind == 'counter' else ''}:\n    type: {kind}\n    help: M.\n"
        f"{'    buckets: [0, 1e9]' if kind == 'histogram' else ''}\n    sources:\n{sources}"
        for number, kind in enumerate(("counter", "gauge", "summary", "histogram"))
    )
    return telemap.compile(telemap.loads(f"version: 1\nmetrics:\n{families}"))
