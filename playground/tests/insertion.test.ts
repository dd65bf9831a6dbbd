import assert from "node:assert/strict";
import { test } from "node:test";
import { indented } from "../src/text/indentation";
import { metricInsertion } from "../src/text/insertion";

const BLOCK = "  new_total:\n    type: counter\n    help: >\n      Text.\n\n      More.\n";

function inserted(text: string): string | null {
  const found = metricInsertion(text, BLOCK);
  if (found === null) return null;
  const after = text.slice(0, found.from) + found.insert + text.slice(found.to);
  assert.match(after.split("\n")[found.line - 1]!, /^ *new_total:$/);
  return after;
}

test("a metric goes to the end of metrics, before what follows", () => {
  assert.equal(
    inserted("version: 1\nmetrics:\n  a_total:\n    type: counter\n\n# about groups\ngroups: []\n"),
    "version: 1\nmetrics:\n  a_total:\n    type: counter\n\n  new_total:\n    type: counter\n    help: >\n      Text.\n\n      More.\n\n# about groups\ngroups: []\n",
  );
});

test("it takes the indentation of the metrics that are there", () => {
  const deep = "\n\n    new_total:\n        type: counter\n        help: >\n            Text.\n\n            More.\n";
  assert.equal(inserted("metrics:\n    a_total:\n        type: counter\n"), `metrics:\n    a_total:\n        type: counter${deep}`);
  assert.match(inserted("metrics:\n    a_total:\n      type: counter\n")!, /\n\n {4}new_total:\n {6}type: counter\n {6}help: >\n {8}Text/);
});

test("without metrics, it takes the indentation of the rest", () => {
  assert.match(inserted("defaults:\n    prefix: a_\n")!, /\n\nmetrics:\n {4}new_total:\n {8}type: counter\n/);
  assert.match(inserted("drop:\n- from: function\n  when: []\ndefaults:\n    prefix: a_\nmetrics: {}\n")!, /\nmetrics:.*\n {4}new_total:\n {8}type: counter\n/);
});

test("the keys of a list item stay behind its dash", () => {
  const block = "  a:\n    when:\n      - path: .s\n        exists: true\n    labels:\n      s:\n        path: .s\n";
  assert.deepEqual(indented(block, 4, 4), ["    a:", "        when:", "            - path: .s", "              exists: true", "        labels:", "            s:", "                path: .s"]);
});

test("metrics are added where there are none", () => {
  assert.match(inserted("version: 1\n")!, /^version: 1\n\nmetrics:\n {2}new_total:/);
  assert.match(inserted("version: 1")!, /^version: 1\n\nmetrics:\n {2}new_total:/);
  assert.match(inserted("")!, /^metrics:\n {2}new_total:/);
});

test("empty metrics become a block", () => {
  assert.match(inserted("metrics: {}  # none yet\nversion: 1\n")!, /^metrics: # none yet\n {2}new_total:\n[\s\S]*More\.\nversion: 1\n$/);
  assert.match(inserted("metrics:\n")!, /^metrics:\n {2}new_total:/);
});

test("the key may be in quotes, and have an anchor", () => {
  assert.match(inserted("'metrics':\n  'a_total':\n    type: counter\n")!, /^'metrics':\n {2}'a_total':\n {4}type: counter\n\n {2}new_total:/);
  assert.match(inserted('"metrics": {} # none\n')!, /^"metrics": # none\n {2}new_total:/);
  assert.match(inserted("metrics: &m  # all\n  a_total:\n    type: counter\n")!, /^metrics: &m {2}# all\n {2}a_total:\n {4}type: counter\n\n {2}new_total:/);
});

test("metrics in braces take no block", () => {
  assert.equal(inserted('{"version": 1,\n"metrics": {}}\n'), null);
  assert.equal(inserted("# JSON\n{}\n"), null);
  assert.equal(inserted("metrics: {a_total: {type: counter}}\n"), null);
});
