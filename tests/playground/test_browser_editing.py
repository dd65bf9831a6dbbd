"""In a browser: what happens while somebody types."""

from playground.browser_fixtures import browser_test

test_editing = browser_test("editing")
