import assert from "node:assert/strict";
import { test } from "node:test";
import { offsetOfColumn } from "../src/text/columns";

test("a column is counted in code points, an offset in UTF-16 code units", () => {
  const line = "a💳b";
  assert.deepEqual([1, 2, 3, 4].map((column) => offsetOfColumn(line, column)), [0, 1, 3, 4]);
});

test("a column beyond the end is the end", () => {
  assert.equal(offsetOfColumn("ab", 9), 2);
  assert.equal(offsetOfColumn("", 1), 0);
});

test("a combining mark is a code point of its own, and a lone surrogate one unit", () => {
  assert.equal(offsetOfColumn("e\u0301x", 3), 2);
  assert.equal(offsetOfColumn("\ud83dx", 2), 1);
});
