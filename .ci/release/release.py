"""Check and put together a release: `python .ci/release/release.py {check [TAG],collect,names,notes}`.

`docs/how-to/release.md` describes the steps; `.github/workflows/release.yml` takes them from a tag.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from changelog import changelog_problems, notes_of
from published_names import name_problems, placeholder_problems, read_published, write_names
from release_files import ReleaseError, collect


def main(argv: list[str]) -> int:
    """Run a command in the current directory, and return the exit code."""
    parser = argparse.ArgumentParser(prog="release", description="Check and put together a release.")
    commands = parser.add_subparsers(dest="command", required=True)
    check = commands.add_parser("check", help="check that samples, version, changelog and tag agree")
    check.add_argument("tag", nargs="?", help="the tag to release; without one, only the samples are checked")
    commands.add_parser("collect", help="put what is published into dist/release")
    commands.add_parser("names", help="write the published names into the samples")
    commands.add_parser("notes", help="print the changelog of this version")
    arguments = parser.parse_args(argv)
    project = Path.cwd()
    if arguments.command == "check":
        problems = [*name_problems(project), *(tag_problems(project, arguments.tag) if arguments.tag else [])]
        print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
        return int(bool(problems))
    version = read_published(project).version
    if arguments.command == "collect":
        try:
            print(*(path.relative_to(project) for path in collect(project, version)), sep="\n")
        except ReleaseError as error:
            print(error, file=sys.stderr)
            return 1
    elif arguments.command == "names":
        print(*write_names(project), sep="\n")
    else:
        print(notes_of((project / "CHANGELOG.md").read_text(encoding="utf-8"), version))
    return 0


def tag_problems(project: Path, tag: str) -> list[str]:
    """Return what keeps a checkout from being released under a tag."""
    version = read_published(project).version
    wrong = (
        [] if tag == f"v{version}" else [f"the tag is {tag}, but engine/telemap/version.py says {version}: v{version}"]
    )
    changelog = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    return [*wrong, *changelog_problems(changelog, version), *placeholder_problems(project)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
