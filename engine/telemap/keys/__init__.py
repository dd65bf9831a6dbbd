"""The keys of a mapping: what each part may have, and where a key belongs that stands in the wrong one."""
