"""In a browser: what a stranger's mapping, a runaway regex and another page cannot do."""

from playground.browser_fixtures import browser_test

test_safety = browser_test("safety")
