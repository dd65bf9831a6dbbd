import assert from "node:assert/strict";
import { test } from "node:test";
import { collect } from "../src/sharing/bytes";
import { kindOf } from "../src/sharing/files";
import { exampleFragment, LinkError, MAX_UNPACKED, packFragment, readFragment, unpackFragment } from "../src/sharing/link";

const SHARED = { mapping: "version: 1\n# 💳\n", events: '{"a": 1}\n'.repeat(400), name: "shop.yaml" };

async function packed(fragment: string): Promise<string> {
  const read = readFragment(fragment);
  assert.equal(read.kind, "shared");
  return (read as { packed: string }).packed;
}

async function deflated(text: string): Promise<string> {
  const { bytes } = await collect(new Blob([text]).stream().pipeThrough(new CompressionStream("deflate")), Infinity);
  return Buffer.from(bytes).toString("base64url");
}

test("a link gives back what was put into it", async () => {
  const fragment = await packFragment(SHARED);
  assert.match(fragment, /^#1\.[A-Za-z0-9_-]+$/);
  assert.ok(fragment.length < 300, "it is compressed");
  assert.deepEqual(await unpackFragment(await packed(fragment)), SHARED);
});

test("a link with another character in it never opens with other text", async () => {
  const whole = await packed(await packFragment(SHARED));
  for (let at = 3; at < whole.length - 1; at += 1) {
    const other = whole.slice(0, at) + (whole[at] === "A" ? "B" : "A") + whole.slice(at + 1);
    const opened = await unpackFragment(other).catch((error: Error) => error.message);
    if (typeof opened === "string") assert.match(opened, /damaged/);
    else assert.deepEqual(opened, SHARED);
  }
});

test("an example is named", () => {
  assert.deepEqual(readFragment(exampleFragment("parse_json")), { kind: "example", name: "parse_json" });
  assert.equal(readFragment("#example=../secret").kind, "wrong");
});

test("no fragment, a newer link, and something else are told apart", () => {
  assert.equal(readFragment("").kind, "none");
  assert.match((readFragment("#2.abc") as { why: string }).why, /newer playground/);
  assert.match((readFragment("#hello") as { why: string }).why, /not one of the playground's/);
});

test("damaged links are refused with a sentence", async () => {
  const whole = await packed(await packFragment(SHARED));
  for (const wrong of [whole.slice(0, -9), `${whole}!`, "", await deflated("[1]"), await deflated('{"mapping": 1, "events": ""}'), await deflated("no json")]) {
    await assert.rejects(unpackFragment(wrong), (error: Error) => error instanceof LinkError && /damaged/.test(error.message), wrong.slice(0, 20));
  }
});

test("a link that would unpack to more than 4 MiB is not unpacked", async () => {
  const bomb = await deflated(JSON.stringify({ mapping: "", events: "a".repeat(40 * 1024 * 1024) }));
  assert.ok(bomb.length < 100_000);
  await assert.rejects(unpackFragment(bomb), /more than 4 MiB/);
});

test("texts of more than 4 MiB are not packed", async () => {
  await assert.rejects(packFragment({ mapping: "", events: "a".repeat(MAX_UNPACKED), name: "" }), /too much for a link/);
});

test("a name with a path in it is dropped", async () => {
  assert.equal((await unpackFragment(await deflated(JSON.stringify({ mapping: "m", events: "e", name: "../x" })))).name, "");
});

test("files are told apart by name, and otherwise by how they begin", () => {
  assert.equal(kindOf("a.yaml", ""), "mapping");
  assert.equal(kindOf("a.yml.gz", ""), "mapping");
  assert.equal(kindOf("a.jsonl", "version: 1"), "events");
  assert.equal(kindOf("mapping", "# shop\nversion: 1\n"), "mapping");
  assert.equal(kindOf("recording", '{"time": 1}'), "events");
});
