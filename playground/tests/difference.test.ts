import assert from "node:assert/strict";
import { test } from "node:test";
import { differingLines } from "../src/text/difference";

function told(before: string, after: string): string {
  const signs = { same: " ", gone: "-", new: "+", gap: "~" };
  return differingLines(before, after)!.map(({ kind, text }) => signs[kind] + text).join("\n");
}

const lines = (from: number, to: number): string => Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join("");

test("lines that differ are there with three around them", () => {
  assert.equal(told(`${lines(1, 9)}a\n${lines(10, 14)}`, `${lines(1, 9)}b\n${lines(10, 14)}`), "~6\n 7\n 8\n 9\n-a\n+b\n 10\n 11\n 12\n~2");
});

test("one line is never left out, for the gap takes one too", () => {
  assert.equal(told(`${lines(1, 4)}a\n`, lines(1, 4)), " 1\n 2\n 3\n 4\n-a");
});

test("a text that is empty differs in all lines", () => {
  assert.equal(told("", "a\nb\n"), "+a\n+b");
  assert.equal(told("a\nb", ""), "-a\n-b");
});
