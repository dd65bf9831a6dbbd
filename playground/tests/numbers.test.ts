import assert from "node:assert/strict";
import { test } from "node:test";
import { friendly, plain, withUnit } from "../src/look/numbers";
import { bars } from "../src/panes/histogram";
import { commonLabels } from "../src/panes/labels";
import { summary } from "../src/panes/problems";

test("numbers for people", () => {
  assert.equal(plain(127926272), "127,926,272");
  assert.equal(plain(0.41273000000000004), "0.41273");
  assert.equal(plain(259.92), "259.92");
  assert.equal(plain("NaN"), "NaN");
  assert.equal(plain(0.00001), "1.0000e-5");
});

test("values in a unit that is easier to read", () => {
  assert.equal(friendly("memory_used_bytes", 127926272), "122 MiB");
  assert.equal(friendly("took_seconds", 0.41273), "412.7 ms");
  assert.equal(friendly("billed_seconds_total", 7201), "2 h");
  assert.equal(friendly("orders_total", 3), null);
  assert.deepEqual([withUnit("took_seconds", 1.25), withUnit("took_seconds", 0.5), withUnit("size_bytes", 12), withUnit("orders_total", 3)], ["1.25 s", "500 ms", "12 B", "3"]);
});

test("bars are not cumulative, and in the order of their bounds", () => {
  assert.deepEqual(bars({ "10.0": 5, "0.5": 2, "+Inf": 6 }), [
    { bound: "0.5", count: 2 },
    { bound: "10.0", count: 3 },
    { bound: "+Inf", count: 1 },
  ]);
});

test("labels that all series share", () => {
  assert.deepEqual(commonLabels([{ labels: { a: "1", b: "x" } }, { labels: { a: "1", b: "y" } }]), { a: "1" });
  assert.deepEqual(commonLabels([{ labels: { a: "1" } }]), {});
});

test("what a mapping came to, in words", () => {
  assert.equal(summary(3, 0, null), "3 errors");
  assert.equal(summary(1, 1, null), "1 error, 1 warning");
  assert.equal(summary(0, 0, 12), "12 metrics");
});
