"""Find what a mapping does not read in events, and draft families that would read it.

A *place* is a location of values in events of one type: the names and array steps that lead there from the event. A
survey of a recording finds the places; those to which no path of the mapping leads are unread. A draft is guessed from
the name and the values of a place, and validated by loading it.
"""

from telemap.unmatched.unread import PathFinding, TypeFinding, Unread, find_unmatched

__all__ = ["PathFinding", "TypeFinding", "Unread", "find_unmatched"]
