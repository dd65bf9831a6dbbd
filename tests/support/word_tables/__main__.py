"""Write the schema of a mapping and the tables of the reference, from the tables of the language and the settings."""

from __future__ import annotations

import sys

from word_tables.files import FILES


def main() -> int:
    """Write what has changed."""
    for file, fresh in FILES.items():
        before = file.read_text(encoding="utf-8")
        after = fresh(before)
        if after != before:
            file.write_text(after, encoding="utf-8")
            print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
