"""In a browser: what the results lead to."""

from playground.browser_fixtures import browser_test

test_results = browser_test("results")
