"""What a mapping makes of recorded events: its series, what makes them, what changes them."""
