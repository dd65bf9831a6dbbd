// Files: of the local server, dropped and pasted.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { gzipSync } from "node:zlib";
import { assert, assertQuiet, both, drop, faults, line, locally, mappingOf, metric, open, serve, sharedPage, shows, start, until, write } from "../../support/playground/browser.mjs";

const folder = mkdtempSync(join(tmpdir(), "playground-files-"));
after(() => rmSync(folder, { recursive: true }));
const mappingFile = join(folder, "shop.yaml");
const eventsFile = join(folder, "events.jsonl");

let opened = null;

/** Returns the page of a playground that was started with files. */
function withFiles() {
  opened ??= (async () => {
    writeFileSync(mappingFile, mappingOf(metric("lines_total")));
    writeFileSync(eventsFile, line("one") + line("two"));
    return open(await serve(mappingFile, eventsFile));
  })();
  return opened;
}

locally("files are opened, and the mapping is saved by Ctrl+S", async () => {
  const page = await withFiles();
  await shows(page, "lines_total", "2");
  const changed = mappingOf(metric("saved_total"));
  await write(page, "mapping", changed);
  await shows(page, "saved_total", "2");
  assert.notEqual(readFileSync(mappingFile, "utf8"), changed);
  await page.keyboard.press("ControlOrMeta+s");
  await until(() => readFileSync(mappingFile, "utf8") === changed);
  await until(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled());
});

locally("a file that somebody else has changed is not written over unasked", async () => {
  const page = await withFiles();
  const theirs = mappingOf(metric("theirs_total"));
  const mine = mappingOf(metric("mine_total"));
  await write(page, "mapping", mine);
  await shows(page, "mine_total", "2");
  writeFileSync(mappingFile, theirs);
  await page.keyboard.press("ControlOrMeta+s");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("changed by another program").waitFor();
  assert.deepEqual(await dialog.locator(".diff-gone, .diff-new").allTextContents(), ["-   theirs_total:\n", "+   mine_total:\n"]);
  assert.equal(readFileSync(mappingFile, "utf8"), theirs);
  await dialog.getByRole("button", { name: "Save mine over it" }).click();
  await until(() => readFileSync(mappingFile, "utf8") === mine);
  faults.length = 0; // the browser tells of the 409
});

locally("a change on disk is offered", async () => {
  const page = await withFiles();
  writeFileSync(mappingFile, mappingOf(metric("newer_total")));
  await page.locator("#mapping-notes", { hasText: "changed on disk" }).getByRole("button", { name: "Reload" }).click();
  await shows(page, "newer_total", "2");
});

locally("to load one file again forgets nothing of the other one", async () => {
  const page = await withFiles();
  writeFileSync(mappingFile, mappingOf(metric("theirs_total")));
  writeFileSync(eventsFile, line("one") + line("two") + line("three"));
  await page.locator("#mapping-notes", { hasText: "changed on disk" }).waitFor();
  await page.locator("#events-notes", { hasText: "changed on disk" }).getByRole("button", { name: "Reload" }).click();
  await shows(page, "newer_total", "3");
  await write(page, "mapping", mappingOf(metric("mine_total")));
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByRole("dialog").getByRole("button", { name: "Load theirs" }).click();
  await shows(page, "theirs_total", "3");
  faults.length = 0; // the browser tells of the 409
});

locally("a file that cannot be loaded again is told, until it can", async () => {
  const page = await withFiles();
  writeFileSync(mappingFile, Buffer.from([0x76, 0xff, 0xfe]));
  const notes = page.locator("#mapping-notes");
  await notes.getByRole("button", { name: "Reload" }).click();
  await notes.getByText("shop.yaml is not UTF-8 (line 1)").waitFor();
  writeFileSync(mappingFile, mappingOf(metric("mended_total")));
  await notes.getByRole("button", { name: /Try again|Reload/ }).click();
  await shows(page, "mended_total", "3");
  writeFileSync(mappingFile, Buffer.from([0x76, 0xff, 0xfe]));
  await page.keyboard.press("ControlOrMeta+s");
  await notes.getByText("The mapping is not saved").waitFor();
  writeFileSync(mappingFile, mappingOf(metric("mended_total")));
  await page.keyboard.press("ControlOrMeta+s");
  await until(async () => (await notes.locator(".note").count()) === 0);
  faults.length = 0; // the browser tells of the 500
});

locally("a file that does not exist yet, or any more, can be saved as it is", async () => {
  const file = join(folder, "new.yaml");
  const page = await open(await serve(file, eventsFile));
  const save = page.getByRole("button", { name: "Save", exact: true });
  await save.click();
  await until(() => existsSync(file));
  await until(() => save.isDisabled());
  rmSync(file);
  await page.locator("#mapping-notes", { hasText: "deleted" }).waitFor();
  await save.click();
  await page.getByRole("dialog").getByRole("button", { name: "Save mine again" }).click();
  await until(() => existsSync(file));
  faults.length = 0; // the browser tells of the 409
  await page.context().close();
});

locally("a dropped mapping is saved to the file that is open, which is said before", async () => {
  const page = await withFiles();
  const notes = page.locator("#mapping-notes");
  await drop(page, [{ name: "other.yaml", text: mappingOf(metric("other_total")) }]);
  await shows(page, "other_total", "3");
  await notes.getByText(/This is the text of other\.yaml now: saving writes it to .*shop\.yaml/).waitFor();
  assert.equal(await page.locator("#mapping-name").innerText(), "shop.yaml");
  await notes.getByRole("button", { name: "Undo" }).click();
  await shows(page, "mended_total", "3");
});

locally("what is not saved outlives the page and the server, and the browser asks before the page is left", async () => {
  const file = join(folder, "draft.yaml");
  const kept = join(folder, "kept.yaml");
  writeFileSync(file, mappingOf(metric("first_total")));
  writeFileSync(kept, mappingOf(metric("kept_total")));
  const server = await start(["--port", "0", file, eventsFile]);
  const page = await open(server.address);
  await write(page, "mapping", mappingOf(metric("draft_total")));
  await shows(page, "draft_total", "3");
  const asked = page.waitForEvent("dialog");
  const left = page.close({ runBeforeUnload: true });
  assert.equal((await asked).type(), "beforeunload");
  await (await asked).dismiss();
  await left;
  await server.end();
  const again = await start(["--port", new URL(server.address).port, file, eventsFile]);
  await page.locator("#mapping-notes", { hasText: "started again" }).waitFor();
  await page.goto(again.address);
  await shows(page, "first_total", "3");
  writeFileSync(file, mappingOf(metric("theirs_total")));
  await page.locator("#mapping-notes", { hasText: "is not saved" }).getByRole("button", { name: "Restore" }).click();
  await shows(page, "draft_total", "3");
  await page.keyboard.press("ControlOrMeta+s");
  await page.getByRole("dialog").getByRole("button", { name: "Save mine over it" }).click();
  await until(() => readFileSync(file, "utf8") === mappingOf(metric("draft_total")));
  await until(() => page.getByRole("button", { name: "Save", exact: true }).isDisabled());
  await page.reload();
  await shows(page, "draft_total", "3");
  assert.equal(await page.locator("#mapping-notes .note").count(), 0);
  await again.end();
  const other = await start(["--port", new URL(server.address).port, kept, eventsFile]);
  await page.goto(other.address);
  await shows(page, "kept_total", "3");
  await page.evaluate(() => (location.hash = "#example=recipe.levels"));
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assert.equal(await page.locator("#mapping-name").innerText(), "kept.yaml");
  faults.length = 0; // the browser tells of the 403 and the 409
  await page.context().close();
});

both("what was typed without a file is offered when the page is loaded again", async () => {
  const page = await sharedPage();
  await write(page, "events", line("one"));
  await write(page, "mapping", mappingOf(metric("typed_total")));
  await shows(page, "typed_total", "1");
  await page.reload();
  const restore = page.locator("#mapping-notes", { hasText: "is not saved" }).getByRole("button", { name: "Restore" });
  await restore.click();
  await shows(page, "typed_total", "1");
  await page.getByLabel("Example").selectOption("recipe.levels");
  await page.locator("#mapping-name", { hasText: "levels.yaml" }).waitFor();
  await restore.waitFor();
  await page.reload();
  await page.locator("#mapping-name", { hasText: "levels.yaml" }).waitFor();
  await restore.click();
  await shows(page, "typed_total", "1");
  assert.equal(new URL(page.url()).hash, "");
});

both("to discard what was offered keeps what was typed since", async () => {
  const page = await sharedPage();
  const note = page.locator("#mapping-notes", { hasText: "is not saved" });
  await write(page, "mapping", mappingOf(metric("earlier_total")));
  await shows(page, "earlier_total", "1");
  await page.reload();
  await note.waitFor();
  await write(page, "mapping", mappingOf(metric("since_total")));
  await page.locator('.family[aria-label="since_total"]').waitFor();
  await note.getByRole("button", { name: "Discard" }).click();
  await page.reload();
  await note.getByRole("button", { name: "Restore" }).click();
  await page.locator('.family[aria-label="since_total"]').waitFor();
});

both("a dropped .gz is unpacked, also of several members, and a damaged one up to there", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total")));
  const damaged = gzipSync(line("one")).subarray(0, -5);
  await drop(page, [{ name: "damaged.jsonl.gz", base64: damaged.toString("base64") }]);
  await shows(page, "lines_total", "1");
  const told = page.locator("#events-notes", { hasText: "damaged.jsonl.gz is damaged" });
  await told.waitFor();
  const content = Buffer.concat([gzipSync(line("one") + line("two")), gzipSync(line("three"))]);
  await drop(page, [{ name: "recording.jsonl.gz", base64: content.toString("base64") }]);
  await shows(page, "lines_total", "3");
  assert.equal(await told.count(), 0);
  await page.locator("#events-name", { hasText: "recording.jsonl" }).waitFor();
});

both("a dropped mapping and recording replace both", async () => {
  const page = await sharedPage();
  const files = [
    { name: "mine.yaml", text: mappingOf(metric("dropped_total")) },
    { name: "mine.jsonl", text: line("one") },
  ];
  await drop(page, [...files, { name: "other.jsonl", text: line("two") + line("three") }, { name: "program", base64: "AAEC" }]);
  await shows(page, "dropped_total", "1");
  await page.locator("#events-notes", { hasText: "Only mine.jsonl is shown, not other.jsonl" }).waitFor();
  await page.locator("#events-notes", { hasText: "program is not text." }).waitFor();
  assert.equal(await page.locator("#mapping-name").innerText(), "mine.yaml");
});

const LOG = [
  "START RequestId: 7ce42c82-0000-4000-8000-000000000001 Version: $LATEST",
  "an order was placed",
  "END RequestId: 7ce42c82-0000-4000-8000-000000000001",
  "REPORT RequestId: 7ce42c82-0000-4000-8000-000000000001\tDuration: 44.42 ms\tBilled Duration: 45 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t",
];

locally("a log that is named on the command line becomes events, whatever its line ends are", async () => {
  for (const end of ["\n", "\r\n", "\r"]) {
    writeFileSync(eventsFile, LOG.join(end));
    const page = await open(await serve("telemap:platform", eventsFile));
    await page.locator("#events-notes", { hasText: "Converted to events" }).waitFor();
    assert.equal(await page.locator("#events-editor .cm-line", { hasText: "platform.report" }).count(), 1);
    await page.context().close();
  }
});

both("a pasted CloudWatch log becomes events", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total"), "  reports_total:\n    type: counter\n    help: Reports.\n    from: platform.report\n"));
  await page.locator("#events-editor .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true });
    const deepest = (root) => (root.activeElement?.shadowRoot ? deepest(root.activeElement.shadowRoot) : root.activeElement);
    deepest(document).dispatchEvent(paste);
  }, LOG.join("\r\n"));
  await shows(page, "lines_total", "1");
  await shows(page, "reports_total", "1");
  await page.locator("#events-notes", { hasText: /CloudWatch|log/ }).getByRole("button", { name: "Undo" }).waitFor();
});

both("nothing has left the host, and nothing has failed", assertQuiet);
