"""In a browser: links."""

from playground.browser_fixtures import browser_test

test_sharing = browser_test("sharing")
