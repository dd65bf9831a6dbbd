import assert from "node:assert/strict";
import { test } from "node:test";
import { EventPlaces } from "../src/text/event_places";
import { firstEvents } from "../src/text/first_events";
import { envelope, jsonTokens } from "../src/text/json_tokens";

const kinds = (line: string): string[] => jsonTokens(line).map(({ from, to, kind }) => `${kind} ${line.slice(from, to)}`);

test("tokens of a line of JSON are told apart", () => {
  assert.deepEqual(kinds('{"a": [1.5e3, "b:", true, null]}'), ["mark {", 'key "a"', "mark :", "mark [", "number 1.5e3", "mark ,", 'string "b:"', "mark ,", "word true", "mark ,", "word null", "mark ]", "mark }"]);
});

test("an escaped quote does not end a string, and text that is not closed goes to the end", () => {
  assert.deepEqual(kinds('"a\\"b" "c'), ['string "a\\"b"', 'string "c']);
});

test("what is not JSON is skipped", () => {
  assert.deepEqual(kinds("oops 1"), ["number 1"]);
});

test("an event on one line has clock, type and record", () => {
  const line = '{"time": "2026-03-02T08:14:00.760Z", "type": "function", "record": {"a": "}"}}';
  const found = envelope(line)!;
  assert.equal(found.clock, "08:14:00");
  assert.equal(line.slice(...found.type), '"function"');
  assert.equal(line.slice(...found.record!), ', "record": ');
  assert.deepEqual(found.closing, [line.length - 1, line.length]);
});

test("an event that goes on in the next line keeps its braces", () => {
  const found = envelope('{"time": "2026-03-02T08:14:00Z", "type": "function", "record": {')!;
  assert.equal(found.record, null);
  assert.equal(found.closing, null);
});

test("a line with other keys first is no envelope", () => {
  assert.equal(envelope('{"type": "function", "time": "2026-03-02T08:14:00Z"}'), null);
});

const places = EventPlaces.of([
  [0, 10],
  [11, 20],
  [25, 40],
]);

test("events are found by offset", () => {
  assert.equal(places.within(0, 10), 1);
  assert.equal(places.within(21, 24), null);
  assert.equal(places.within(26, 30), 3);
  assert.equal(places.beginning(26, 30), null);
  assert.equal(places.beginning(20, 25), 3);
  assert.equal(places.range(4), null);
});

test("events move with the text", () => {
  const moved = places.moved({ from: 11, to: 12, inserted: 5 });
  assert.deepEqual([1, 2, 3].map((number) => moved.range(number)), [
    [0, 10],
    [11, 24],
    [29, 44],
  ]);
});

test("the first events of JSON lines are whole lines", () => {
  assert.equal(firstEvents('{"a": 1}\n{"a": 2}\n{"a": 3}\n', 20), '{"a": 1}\n{"a": 2}\n');
  assert.equal(firstEvents("short", 20), "short");
});

test("the first events of an array are whole, too, on one line or on several", () => {
  const event = '{"time": "t", "type": "x", "record": {"a": [{"b": 1}]}}';
  for (const between of [",", ",\n  "]) {
    const cut = firstEvents(`[${Array(9).fill(event).join(between)}]`, 3 * event.length);
    assert.deepEqual(JSON.parse(cut), Array(2).fill(JSON.parse(event)));
  }
});
