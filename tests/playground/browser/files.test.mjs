// Files: of the local server, dropped and pasted. How they are taken does not depend on what answers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { gzipSync } from "node:zlib";
import { assert, assertQuiet, drop, faults, line, locally, mappingOf, metric, open, serve, sharedPage, shows, until, write } from "../../support/playground/browser.mjs";

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

locally("a dropped .gz is unpacked", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total")));
  const content = gzipSync(line("one") + line("two") + line("three"));
  await drop(page, [{ name: "recording.jsonl.gz", base64: content.toString("base64") }]);
  await shows(page, "lines_total", "3");
  await page.locator("#events-name", { hasText: "recording.jsonl" }).waitFor();
});

locally("a dropped mapping and recording replace both", async () => {
  const page = await sharedPage();
  const files = [
    { name: "mine.yaml", text: mappingOf(metric("dropped_total")) },
    { name: "mine.jsonl", text: line("one") },
  ];
  await drop(page, files);
  await shows(page, "dropped_total", "1");
});

locally("a pasted CloudWatch log becomes events", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total"), "  reports_total:\n    type: counter\n    help: Reports.\n    from: platform.report\n"));
  const log = [
    "START RequestId: 7ce42c82-0000-4000-8000-000000000001 Version: $LATEST",
    "an order was placed",
    "END RequestId: 7ce42c82-0000-4000-8000-000000000001",
    "REPORT RequestId: 7ce42c82-0000-4000-8000-000000000001\tDuration: 44.42 ms\tBilled Duration: 45 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t",
  ];
  await page.locator("#events-editor .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true, composed: true });
    const deepest = (root) => (root.activeElement?.shadowRoot ? deepest(root.activeElement.shadowRoot) : root.activeElement);
    deepest(document).dispatchEvent(paste);
  }, log.join("\n"));
  await shows(page, "lines_total", "1");
  await shows(page, "reports_total", "1");
  await page.locator("#events-notes", { hasText: /CloudWatch|log/ }).getByRole("button", { name: "Undo" }).waitFor();
});

locally("nothing has left the host, and nothing has failed", assertQuiet);
