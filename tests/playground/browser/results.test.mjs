// What the results lead to: from series to events and lines, from events to the road of each rule, drafts, changes, tests.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, assertQuiet, both, line, mappingOf, metric, sharedPage, shows, tab, until, write } from "../../support/playground/browser.mjs";

const ORDERS = ["paid", "paid", "open"].map((state) => line(JSON.stringify({ state, total: 5 }))).join("");
const BY_STATE = "    parse: json\n    labels: {state: {path: $.record.state, max_values: 9}}\n";

async function orders() {
  const page = await sharedPage();
  await write(page, "events", ORDERS + line("not JSON") + line({ durationMs: 3 }, "platform.report"));
  await write(page, "mapping", mappingOf(metric("orders_total", BY_STATE)));
  await tab(page, "Metrics");
  await shows(page, "orders_total", "2");
  return page;
}

both("a series leads to the events and the lines of the mapping that made it", async () => {
  const page = await orders();
  await page.locator(".series-row", { hasText: "paid" }).click();
  const origin = page.locator(".origin");
  await origin.getByText("made by 2 events").waitFor();
  assert.deepEqual(await origin.locator(".chip").allInnerTexts(), ["1", "2"]);
  await until(async () => (await page.locator("#events-editor .cm-lit").count()) > 0);
  await until(async () => (await page.locator("#mapping-editor .cm-lit").count()) > 0);
  await origin.locator(".chip").first().click();
  await page.locator(".event-title", { hasText: "1" }).waitFor();
});

both("an event leads to how far each rule came with it, and why it stopped", async () => {
  const page = await orders();
  await page.locator(".series-row", { hasText: "paid" }).click();
  await page.locator(".origin .chip").first().click();
  const road = page.locator(".road");
  await road.filter({ hasText: "1 sample" }).waitFor();
  for (let step = 0; step < 3; step += 1) await page.getByRole("button", { name: "Next event" }).click();
  await road.filter({ hasText: "stopped at parse" }).waitFor();
  assert.match(await road.locator(".sentences").innerText(), /JSON/);
});

both("an event that no rule reads is told once", async () => {
  const page = await orders();
  await write(page, "mapping", mappingOf(metric("lines_total")));
  await shows(page, "lines_total", "4");
  await page.locator("#events-editor .cm-dot").last().click();
  await page.locator(".event-title", { hasText: "Event 5" }).waitFor();
  await page.locator(".event-body .sentences", { hasText: "other event types" }).waitFor();
  assert.equal(await page.locator(".event-others").count(), 0);
});

both("without events there is nothing to read, and no test of it", async () => {
  const page = await orders();
  await write(page, "events", "");
  await tab(page, "Not read");
  await page.getByRole("heading", { name: "No events" }).waitFor();
  await page.getByRole("button", { name: "Make it a test" }).click();
  await page.locator(".toast", { hasText: "Write or open some events first" }).waitFor();
  assert.equal(await page.getByRole("dialog").count(), 0);
});

both("a draft of what is not read is added by one click", async () => {
  const page = await orders();
  await tab(page, "Not read");
  const add = page.getByRole("button", { name: /^Add .* to the mapping$/ });
  await add.first().waitFor();
  const name = /^Add (.*) to the mapping$/.exec(await add.first().getAttribute("aria-label"))[1];
  await add.first().click();
  await tab(page, "Metrics");
  await page.locator(`.family[aria-label$="${name}"]`).waitFor();
  assert.equal(await page.locator("#mapping-editor .cm-squiggle-error").count(), 0);
});

both("drafts, completed blocks and new lines are indented as the mapping is", async () => {
  const page = await orders();
  await write(page, "mapping", "version: 1\nmetrics:\n    orders_total:\n        type: counter\n        help: Some.\n        from: function");
  for (const text of ["labels:", "state: $.type"]) {
    await page.keyboard.press("Escape"); // Enter would take a completion that is offered
    await page.keyboard.press("Enter");
    await page.keyboard.insertText(text);
  }
  await shows(page, "orders_total", "4");
  await tab(page, "Not read");
  await page.getByRole("button", { name: /^Add platform_report.* to the mapping$/ }).first().click();
  await tab(page, "Metrics");
  await page.locator('.family[aria-label^="platform_report"]').waitFor();
  const spaces = (await page.locator("#mapping-editor .cm-line").allTextContents()).map((text) => /^ */.exec(text)[0].length);
  assert.deepEqual(spaces.slice(6, 11), [8, 12, 0, 4, 8]);
});

both("what differs from a pinned mapping is shown at each keystroke", async () => {
  const page = await orders();
  await tab(page, "Changes");
  await page.getByRole("button", { name: "Pin the mapping" }).click();
  await page.getByText("No difference").waitFor();
  await write(page, "mapping", mappingOf(metric("orders_total", `${BY_STATE}    value: $.record.total\n`), metric("lines_total")));
  await page.locator(".change", { hasText: "lines_total" }).waitFor();
  const changed = page.locator(".change", { hasText: "orders_total" });
  await changed.locator("del", { hasText: "2" }).waitFor();
  await changed.locator("ins", { hasText: "10" }).waitFor();
  await page.getByRole("button", { name: "Unpin" }).click();
});

both("cardinality tells the labels that make the most series, with advice", async () => {
  const page = await sharedPage();
  const users = Array.from({ length: 40 }, (_, number) => line(JSON.stringify({ user: `u${number}` }))).join("");
  await write(page, "events", users);
  await write(page, "mapping", mappingOf(metric("carts_total", "    parse: json\n    labels: {user: $.record.user}\n")));
  await tab(page, "Cardinality");
  await page.locator("#panels", { hasText: /40/ }).getByText("user", { exact: true }).first().waitFor();
  const card = page.locator('.spread[aria-label="carts_total"]');
  assert.match(await card.locator(".count").innerText(), /^40 series of 1,000/);
  assert.equal(await card.locator(".share-part").getAttribute("width"), "4");
});

both("the test that is made of what came out passes", async () => {
  const page = await orders();
  await page.getByRole("button", { name: "Make it a test" }).click();
  const dialog = page.getByRole("dialog");
  const test = await dialog.locator(".dialog-text").innerText();
  const name = await dialog.locator("code").first().innerText();
  await dialog.getByRole("button", { name: "Close" }).click();
  const folder = mkdtempSync(join(tmpdir(), "made-test-"));
  writeFileSync(join(folder, name), test);
  writeFileSync(join(folder, name.replace(".test.", ".")), mappingOf(metric("orders_total", BY_STATE)));
  const told = execFileSync(process.env.PYTHON, ["-m", "telemap", "test", join(folder, name)], { encoding: "utf8" });
  assert.match(told, /1 test passed|1 passed/);
  rmSync(folder, { recursive: true });
});

both("queries to copy are those of the metric's type", async () => {
  const page = await orders();
  await page.locator('.family[aria-label="orders_total"]').getByRole("button", { name: "Queries" }).click();
  await page.locator('.family[aria-label="orders_total"]', { hasText: /sum/ }).locator("code, pre").first().waitFor();
  assert.match(await page.locator('.family[aria-label="orders_total"]').innerText(), /orders_total/);
});

both("nothing has left the host, and nothing has failed", assertQuiet);
