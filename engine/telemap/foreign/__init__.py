"""Recognise the syntax of other tools, where somebody has written it by habit, and say it in telemap's."""
