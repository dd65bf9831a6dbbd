"""In a browser: any width, light and dark, the keyboard alone, a screen reader."""

from playground.browser_fixtures import browser_test

test_looks = browser_test("looks")
