"""Read `new_fields`: fields that AWS sends, and that this version of telemap does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telemap.check.paths import ANY_DEPTH, read_path
from telemap.path.parse import Wanted

if TYPE_CHECKING:
    from telemap.check.mapping_reader import MappingReader
    from telemap.reading.entries import Entries


def read_new_fields(reader: MappingReader, entries: Entries) -> tuple[str, ...]:
    """Return the paths of the fields, from the event."""
    if "new_fields" not in entries:
        return ()
    what = "a path of 'new_fields'"
    found = []
    for item in reader.items(entries["new_fields"][1], "'new_fields'") or ():
        path = read_path(reader, item, what, depth=ANY_DEPTH, wanted=Wanted.ANY)
        if path is not None and not path.text.startswith(("$.record.", "$.record[")):
            reader.error("wrong-value", item, f"{what} must lead to a field of the record", "write '$.record.NAME'")
        elif path is not None:
            found.append(path.text)
    return tuple(found)
