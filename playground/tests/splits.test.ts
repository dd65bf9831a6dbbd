import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted } from "../src/panes/splits";

const ROOM = { all: 1000, least: 200, last: 300 };

test("panes have the sizes that are wanted, where there is room", () => {
  assert.deepEqual(fitted([34, 31], ROOM), [34, 31]);
});

test("no pane is smaller than its least, and the last one keeps its own", () => {
  assert.deepEqual(fitted([34, 68], ROOM), [34, 36]);
  assert.deepEqual(fitted([90, 5], ROOM), [50, 20]);
  assert.deepEqual(fitted([-100], ROOM), [20]);
  assert.deepEqual(fitted([100], ROOM), [70]);
});
