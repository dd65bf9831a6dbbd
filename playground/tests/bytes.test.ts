import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { gunzip } from "../src/sharing/bytes";

const EVENTS = Array.from({ length: 3000 }, (_, number) => `{"record": "${number * 7919}"}\n`).join("");

async function told(data: Buffer, limit = 1e6): Promise<[text: string, end: string]> {
  const { bytes, end } = await gunzip(new Uint8Array(data), limit);
  return [new TextDecoder().decode(bytes), end];
}

test("gzip data of several members is all of them", async () => {
  assert.deepEqual(await told(gzipSync(EVENTS)), [EVENTS, "whole"]);
  assert.deepEqual(await told(Buffer.concat([gzipSync(EVENTS), gzipSync("two\n"), gzipSync("")])), [`${EVENTS}two\n`, "whole"]);
});

test("what looks like the beginning of a member may be within one", async () => {
  const inner = `${"\u0000".repeat(50)}\x1f\x8b\x08`;
  const stored = gzipSync(Buffer.from(inner.repeat(3), "latin1"), { level: 0 });
  assert.deepEqual(await told(Buffer.concat([stored, gzipSync("two")])), [`${new TextDecoder().decode(Buffer.from(inner.repeat(3), "latin1"))}two`, "whole"]);
});

test("damaged data is read up to there", async () => {
  const packed = gzipSync(EVENTS);
  const [text, end] = await told(packed.subarray(0, packed.length - 9));
  assert.equal(end, "damaged");
  assert.ok(EVENTS.startsWith(text));
});

test("more than is wanted is not unpacked", async () => {
  assert.equal((await told(gzipSync("x".repeat(5e6)), 1e6))[1], "too much");
  assert.equal((await told(Buffer.concat([gzipSync("x".repeat(6e5)), gzipSync("x".repeat(6e5))]), 1e6))[1], "too much");
});
