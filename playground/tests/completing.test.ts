import assert from "node:assert/strict";
import { test } from "node:test";
import { pathsFor, ruleAt } from "../src/completing/event_paths";
import { choicesAt, descriptionAt, keysAt, takesPath } from "../src/completing/schema";
import { placeAt, type Place } from "../src/text/yaml_place";

/** The place of `|` in a text. */
function at(marked: string): Place | null {
  const offset = marked.indexOf("|");
  return placeAt(marked.slice(0, offset) + marked.slice(offset + 1), offset);
}

function told(marked: string): string {
  const place = at(marked);
  return place === null ? "nothing" : `${place.role} ${place.path.join("/")}`;
}

test("keys of blocks", () => {
  assert.equal(told("|"), "either ");
  assert.equal(told("ver|"), "either ");
  assert.equal(told("version: 1\nme|"), "key ");
  assert.equal(told("metrics:\n  a_total:\n    type: counter\n    he|\n"), "key metrics/a_total");
  assert.equal(told("metrics:\n  a_total:\n    |\n"), "either metrics/a_total");
  assert.equal(told("metrics:\n  a_total:\n    type: counter\n    |\n  b_total:\n    type: gauge\n"), "key metrics/a_total");
  assert.equal(told("metrics:\n  a_total:\n    type: counter\n  |\n"), "key metrics");
  assert.equal(told("metrics:\n  a_to|tal:\n    type: counter\n"), "key metrics");
});

test("values of blocks", () => {
  assert.equal(told("metrics:\n  a:\n    type: |\n"), "value metrics/a/type");
  assert.equal(told("metrics:\n  a:\n    type: cou|\n"), "value metrics/a/type");
  assert.equal(told("metrics:\n  a:\n    value: $.record.metrics.|\n    unit: ms\n"), "value metrics/a/value");
});

test("items of lists", () => {
  assert.equal(told("drop:\n  - |\n"), "either drop/0");
  assert.equal(told("drop:\n  - from: function\n    wh|\n"), "key drop/0");
  assert.equal(told("drop:\n- from: function\n- fr|\n"), "either drop/1");
  assert.equal(told("groups:\n  - from: function\n    metrics:\n      a:\n        ty|: counter\n"), "key groups/0/metrics/a");
  assert.equal(told("include:\n  - telemap:platform\n  - |\n"), "either include/1");
});

test("braces and brackets, closed or not", () => {
  assert.equal(told("defaults:\n  labels: {re|}\n"), "key defaults/labels");
  assert.equal(told("defaults:\n  labels: {region: |}\n"), "value defaults/labels/region");
  assert.equal(told("metrics:\n  a:\n    when: [{path: $.a, eq|}]\n"), "key metrics/a/when/0");
  assert.equal(told("metrics:\n  a:\n    when: [{path: $.a, |"), "key metrics/a/when/0");
  assert.equal(told("metrics:\n  a:\n    when: [{path: |\n    help: x\n  b:\n    type: gauge\n"), "value metrics/a/when/0/path");
  assert.equal(told("metrics:\n  a:\n    from: [platform.report, pl|]\n"), "value metrics/a/from/1");
  assert.equal(told("metrics:\n  a:\n    from: [platform.report, |]\n"), "value metrics/a/from/1");
});

test("a brace that is not closed does not swallow the next metric", () => {
  assert.equal(told("metrics:\n  a:\n    labels: {x: 1\n  b:\n    ty|\n"), "either metrics/b");
});

test("nothing is completed in comments and block scalars", () => {
  assert.equal(told("version: 1 # abc|\n"), "nothing");
  assert.equal(told("# abc|\n"), "nothing");
  assert.equal(told("metrics:\n  a:\n    help: |x\n".replace("|x", ">\n      te|")), "nothing");
});

test("keys that are there are known, on both sides and without the one that is written", () => {
  const place = at("metrics:\n  a:\n    type: counter\n    fr|: x\n    help: h\n")!;
  assert.deepEqual([...place.siblings].sort(), ["help", "type"]);
});

test("quotes and colons within values", () => {
  assert.equal(told("a: 'x: {'\nb: |"), "value b");
  assert.equal(told("metrics:\n  a:\n    when: [{path: $.a, matches: '^a: b'}, {pa|}]\n"), "key metrics/a/when/1");
  assert.equal(told("include: [telemap:platform, |]"), "value include/1");
});

test("the schema tells keys, words and what they mean", () => {
  assert.ok(keysAt([]).includes("metrics"));
  assert.ok(keysAt(["metrics", "any_name"]).includes("buckets"));
  assert.ok(keysAt(["groups", 0, "metrics", "x", "when", 0]).includes("equals"));
  assert.ok(keysAt(["metrics", "x", "labels", "y"]).includes("max_values"));
  assert.deepEqual(choicesAt(["metrics", "x", "type"]).map(({ value }) => value), ["counter", "gauge", "summary", "histogram"]);
  assert.ok(choicesAt(["metrics", "x", "from", 0]).some(({ value, description }) => value === "platform.report" && description !== null));
  assert.ok(choicesAt(["metrics", "x", "unit"]).some(({ value }) => value === "MiB"));
  assert.match(descriptionAt(["metrics", "x", "buckets"])!, /^Upper bounds/);
});

test("a word that is short for an object is explained as in it", () => {
  const choices = choicesAt(["metrics", "x", "parse"]);
  assert.deepEqual(choices.map(({ value }) => value), ["json", "emf", "logfmt", "log"]);
  assert.ok(choices.every(({ description }) => description !== null));
});

test("JSON paths are wanted where the schema has them", () => {
  const wanted = [["metrics", "x", "value"], ["metrics", "x", "labels", "y"], ["metrics", "x", "when", 0, "path"], ["metrics", "x", "each"], ["metrics", "x", "labels", "y", "path"]];
  for (const path of wanted) assert.ok(takesPath(path), path.join("/"));
  for (const path of [["metrics", "x", "type"], ["metrics", "x", "help"], ["metrics", "x", "unit"], ["include", 0]]) assert.ok(!takesPath(path), path.join("/"));
});

const PATHS = {
  types: {
    function: [
      { path: "$.record.level", form: "json", example: '"INFO"', kind: "text" as const, events: 9 },
      { path: "$.record.items[*].sku", form: "json", example: '"hat"', kind: "text" as const, events: 3 },
    ],
    "platform.report": [{ path: "$.record.metrics.durationMs", form: null, example: "8", kind: "number" as const, events: 4 }],
  },
};

function paths(marked: string): string[] {
  const place = at(marked)!;
  return pathsFor(PATHS, ruleAt(place.scan, marked.replace("|", ""), place.path)).map(({ path }) => path);
}

test("paths are those of the events that the rule reads, as it parses them", () => {
  assert.deepEqual(paths("metrics:\n  a:\n    from: platform.*\n    value: |\n"), ["$.record.metrics.durationMs"]);
  assert.deepEqual(paths("metrics:\n  a:\n    value: |\n    from: function\n"), []);
  assert.deepEqual(paths("metrics:\n  a:\n    from: function\n    parse: json\n    labels: {level: |}\n"), ["$.record.level", "$.record.items[*].sku"]);
});

test("a metric in a group reads what the group reads", () => {
  assert.deepEqual(paths("groups:\n  - from: [platform.report]\n    metrics:\n      a:\n        value: |\n"), ["$.record.metrics.durationMs"]);
});

test("within each, paths may begin at the item", () => {
  assert.deepEqual(paths("metrics:\n  a:\n    from: function\n    parse: json\n    each: $.record.items[*]\n    labels: {s: |}\n")[0], ".sku");
});

test("the rules of another metric do not matter", () => {
  assert.deepEqual(paths("metrics:\n  b:\n    from: function\n    parse: json\n  a:\n    from: platform.report\n    value: |\n"), ["$.record.metrics.durationMs"]);
});
