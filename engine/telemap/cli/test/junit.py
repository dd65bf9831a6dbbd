"""Test results as JUnit XML, which CI systems read.

The format is described at https://github.com/testmoapp/junitxml; the attributes are those that Jenkins and GitLab read.
Times are left out, so that the same result gives the same file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from telemap.cli.test.report import failure_lines
from telemap.problem.drawing import draw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from telemap.mapping_tests.failures import Outcome
    from telemap.mapping_tests.session import FileReport
    from telemap.problem import Problem

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets)."""


def as_junit(reports: Iterable[FileReport]) -> bytes:
    """Return the results as XML: a suite for each file, with a case for each test and each problem."""
    top = ET.Element("testsuites", name="telemap test")
    totals = [0, 0, 0]
    for report in reports:
        if not report.outcomes and not report.problems:
            continue
        counts = [len(report.outcomes) + len(report.problems), report.failed, len(report.problems)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        suite = ET.SubElement(top, "testsuite", {"name": _clean(report.name), **_attributes(counts)})
        for outcome in report.outcomes:
            _add_outcome(suite, report.name, outcome)
        for problem in report.problems:
            _add_problem(suite, report.name, problem)
    top.attrib |= _attributes(totals)
    ET.indent(top)
    xml: bytes = ET.tostring(top, encoding="utf-8", xml_declaration=True)
    return xml + b"\n"


def _attributes(counts: list[int]) -> dict[str, str]:
    return dict(zip(("tests", "failures", "errors"), map(str, counts), strict=True))


def _add_outcome(suite: ET.Element, file: str, outcome: Outcome) -> None:
    case = _case(suite, file, outcome.test.name, outcome.test.place.span.line)
    for failure in outcome.failures:
        element = ET.SubElement(
            case, "failure", message=_clean(f"{failure.place}: {failure.message}"), type="expectation"
        )
        element.text = _clean("\n".join(failure_lines(failure)))


def _add_problem(suite: ET.Element, file: str, problem: Problem) -> None:
    where = problem.place.file if problem.place else problem.file
    case = _case(suite, file, f"{where} can be used", problem.place.span.line if problem.place else 1)
    element = ET.SubElement(case, "error", message=_clean(problem.text()), type=problem.code)
    element.text = _clean(draw(problem))


def _case(suite: ET.Element, file: str, name: str, line: int) -> ET.Element:
    attributes = {"name": _clean(name), "classname": _clean(file), "file": _clean(file), "line": str(line)}
    return ET.SubElement(suite, "testcase", attributes)


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
