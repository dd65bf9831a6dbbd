// What happens while somebody types.
import { assert, assertQuiet, both, drop, line, mappingOf, metric, sharedPage, shows, tab, until, write } from "../../support/playground/browser.mjs";

both("the first example is there with its metrics, counts and dots", async () => {
  const page = await sharedPage();
  await shows(page, "shop_invocations_total", "10");
  await page.locator("#mapping-editor .cm-content", { hasText: "11 samples" }).waitFor();
  assert.equal(await page.locator("#events-count").innerText(), "59");
});

both("typing a mapping and events shows their metrics", async () => {
  const page = await sharedPage();
  await write(page, "events", line("one") + line("two"));
  await write(page, "mapping", mappingOf(metric("lines_total")));
  await shows(page, "lines_total", "2");
  await page.locator("#events-editor .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.insertText(line("three"));
  await shows(page, "lines_total", "3");
});

both("an error is marked at its column, also after an emoji, and the last metrics stay", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("good_total")));
  await page.locator('.family[aria-label="good_total"]').waitFor();
  await write(page, "mapping", mappingOf(metric("bad_total", "    labels: {a: '😀😀', b: {path: oops}}\n")));
  const squiggle = page.locator(".cm-squiggle-error");
  await squiggle.waitFor();
  assert.equal(await squiggle.innerText(), "oops");
  assert.match(await page.locator("#problems").innerText(), /error/);
  assert.equal(await page.locator('.stale .family[aria-label="good_total"]').count(), 1);
  await write(page, "mapping", mappingOf(metric("good_total")));
  await until(async () => (await squiggle.count()) === 0);
  await until(async () => (await page.locator(".stale").count()) === 0);
});

both("a problem says which code it has, and leads to its place", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("good_total"), metric("wrong_total", "    unit: furlong\n")));
  const problems = page.locator("#problems");
  await problems.getByText("furlong").first().waitFor();
  assert.match(await problems.innerText(), /unit/);
});

both("an error in the events is told with its line, and the others count", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total")));
  await write(page, "events", `${line("one")}{"type": oops}\n${line("two")}`);
  await shows(page, "lines_total", "2");
  await page.locator("#events-pane", { hasText: /line 2/ }).waitFor();
});

both("completion offers keys, and paths of the events with a value", async () => {
  const page = await sharedPage();
  await write(page, "events", line('{"user": "ada", "cart": {"total": 12.5}}'));
  await write(page, "mapping", mappingOf(metric("carts_total", "    parse: json\n    value: $.record.")));
  await page.keyboard.press("ControlOrMeta+End");
  await until(async () => {
    await page.keyboard.press("ControlOrMeta+Space");
    await page.waitForTimeout(100);
    return page.locator(".cm-tooltip-autocomplete", { hasText: "cart.total" }).count();
  });
  const offered = await page.locator(".cm-tooltip-autocomplete").innerText();
  assert.match(offered, /12\.5/);
  await page.keyboard.press("Escape");
});

both("the text format is what telemap preview prints", async () => {
  const page = await sharedPage();
  await write(page, "events", line("one"));
  await write(page, "mapping", mappingOf(metric("lines_total")));
  await shows(page, "lines_total", "1");
  await tab(page, "Metrics");
  await page.getByRole("checkbox", { name: "text format" }).check();
  const text = page.locator(".exposition");
  await text.getByText("lines_total 1.0").waitFor();
  assert.match(await text.innerText(), /# HELP lines_total Some\.\n# TYPE lines_total counter\nlines_total 1\.0/);
  await page.getByRole("checkbox", { name: "text format" }).uncheck();
});

both("ten megabytes of events are read, and the page stays usable", async () => {
  const page = await sharedPage();
  const record = { requestId: "7ce42c82", status: "success", metrics: { durationMs: 44.42, billedDurationMs: 45 }, padding: "x".repeat(300) };
  const event = line(record, "platform.report");
  const count = Math.ceil(10e6 / event.length);
  const transfer = await page.evaluateHandle(([one, many]) => {
    const carried = new DataTransfer();
    carried.items.add(new File([one.repeat(many)], "large.jsonl"));
    return carried;
  }, [event, count]);
  await write(page, "mapping", mappingOf("  reports_total:\n    type: counter\n    help: Reports.\n    from: platform.report\n"));
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  await shows(page, "reports_total", count.toLocaleString("en"));
  await write(page, "mapping", mappingOf("  counted_total:\n    type: counter\n    help: Reports.\n    from: platform.report\n"));
  await shows(page, "counted_total", count.toLocaleString("en"));
});

/** Returns the marks of the events in view, and by how much their numbers stand beside their lines. */
function inView(page) {
  return page.evaluate(() => {
    const { shadowRoot } = document.querySelector("#events-editor .editor-host");
    const seen = (element) => element.style.visibility !== "hidden" && element.getBoundingClientRect().height > 0;
    const numbers = [...shadowRoot.querySelectorAll(".cm-lineNumbers .cm-gutterElement")].filter(seen);
    const tops = [...shadowRoot.querySelectorAll(".cm-line")].map((one) => one.getBoundingClientRect().top);
    return {
      marks: [...new Set([...shadowRoot.querySelectorAll(".cm-dots .cm-dot")].map((dot) => dot.title.replace(/^event \d+: /, "")))].filter((mark) => mark !== ""),
      aside: Math.max(...numbers.map((one) => Math.min(...tops.map((top) => Math.abs(top - one.getBoundingClientRect().top))))),
    };
  });
}

both("far events have their marks after each edit, and their numbers beside them", async () => {
  const page = await sharedPage();
  await write(page, "mapping", mappingOf(metric("lines_total")));
  await drop(page, [{ name: "many.jsonl", text: Array.from({ length: 700 }, (_, number) => line(`event ${number}`)).join("") }]);
  await shows(page, "lines_total", "700");
  await page.evaluate(() => (document.querySelector("#events-editor .editor-host").shadowRoot.querySelector(".cm-scroller").scrollTop = 12_000));
  await until(async () => (await inView(page)).marks.join() === "made a sample");
  await page.locator("#events-editor .cm-line", { hasText: "event 630" }).click(); // so that the first line is not kept for the cursor
  await write(page, "mapping", mappingOf(metric("others_total", "    when: [{path: $.record, equals: event 7}]\n")));
  await until(async () => (await inView(page)).marks.join() === "stopped: read, and no sample");
  assert.ok((await inView(page)).aside < 1);
});

both("nothing has left the host, and nothing has failed", assertQuiet);
