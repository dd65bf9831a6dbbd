"""In a browser: files that are opened, saved, dropped and pasted."""

from playground.browser_fixtures import browser_test

test_files = browser_test("files")
