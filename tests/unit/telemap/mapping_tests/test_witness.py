"""What is seen of sources one by one is what they do together."""

from __future__ import annotations

import pytest

from telemap import load
from telemap.exposition import render
from telemap.mapping_tests.reading import read_test_file
from telemap.mapping_tests.running import play, read_batches
from telemap.mapping_tests.subject import Subject
from telemap.mapping_tests.witness import SourceObserver, with_separate_handlers
from telemap.resources import mapping_path, shipped_mappings
from telemap.tracing.instrument import instrumented


@pytest.mark.integration
@pytest.mark.parametrize("name", shipped_mappings())
def test_separate_handlers_make_the_same_series(name: str) -> None:
    path = mapping_path(name)
    subject = Subject(load(str(path)))
    apart = with_separate_handlers(subject.mapping, subject.plan)
    for test in read_test_file(str(path.with_suffix(".test.yaml"))).tests:
        played = read_batches(test)
        together, witness = play(subject.plan, played), SourceObserver()
        seen = play(instrumented(apart, witness), played)
        assert render(seen) == render(together)
        assert [family.skipped for family in seen.families] == [family.skipped for family in together.families]
        assert (seen.counts.dropped, seen.counts.unmatched) == (together.counts.dropped, together.counts.unmatched)
        for family in together.families:
            begun = {key for key in family.cells if (family.shape.name, key) not in witness.makers}
            assert not begun or family.shape.init
