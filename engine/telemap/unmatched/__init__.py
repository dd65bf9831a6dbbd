"""What events hold that a mapping does not read, and drafts of the families that would read it.

A *place* is where values are in events of one type: the names and array steps from the event on. A survey of a
recording finds the places; the paths of a mapping tell which of them are read; a draft is guessed from the name of a
place and from the values in it, and held to the language by loading it.
"""

from telemap.unmatched.unread import PathFinding, TypeFinding, Unread, find_unmatched

__all__ = ["PathFinding", "TypeFinding", "Unread", "find_unmatched"]
