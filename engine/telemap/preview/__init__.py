"""Apply mappings to recorded events: count series, find what makes them, compare mappings."""
