// What everybody can use: any width, light and dark, the keyboard alone, a screen reader.
import { assert, assertQuiet, both, line, mappingOf, metric, openFirst, require, sharedPage, shows, tab, until, write } from "../../support/playground/browser.mjs";

const { source } = require("axe-core");
const TABS = ["Metrics", "Event", "Not read", "Cardinality", "Changes"];

async function fullPage() {
  const page = await sharedPage();
  await tab(page, "Metrics");
  await shows(page, "shop_invocations_total", "10");
  return page;
}

both("nothing is wider than the page, at 1440, 1024 and 390 pixels", async () => {
  const page = await fullPage();
  for (const width of [1440, 1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    for (const pane of width < 600 ? ["Mapping", "Events", "Results"] : [null]) {
      if (pane !== null) await page.locator("#switcher").getByText(pane, { exact: false }).first().click();
      const beyond = await page.evaluate(() => {
        const { clientWidth, scrollWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      assert.equal(beyond, 0, `${width} px, ${pane}`);
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

both("no pane is pushed out of the page, wherever the borders are", async () => {
  const page = await openFirst();
  const widths = () => page.locator(".pane").evaluateAll((panes) => panes.map((pane) => pane.getBoundingClientRect().width));
  const fit = async (told) => assert.ok((await widths()).every((width) => width >= 299), `${told}: ${await widths()}`);
  await page.locator("#split-a").focus();
  await page.keyboard.press("Home");
  await page.locator("#split-b").focus();
  await page.keyboard.press("End");
  await fit("as far as it goes");
  await page.locator("#split-a").dblclick();
  await fit("after a double click");
  assert.ok((await widths())[0] > 450);
  await page.reload();
  await fit("loaded again");
  await page.setViewportSize({ width: 1200, height: 800 });
  await until(async () => (await widths()).every((width) => width >= 299));
  const tabs = page.locator("#tabs");
  assert.equal(await tabs.evaluate(({ clientWidth, scrollWidth }) => scrollWidth - clientWidth), 0);
  await page.context().close();
});

/** Returns what axe finds below an element, as text; of some rules only, if they are named. */
async function faultsOf(page, within = "body", rules = null) {
  return page.evaluate(
    async ([below, named]) => {
      const options = { resultTypes: ["violations"], ...(named === null ? {} : { runOnly: named }) };
      const { violations } = await axe.run(below, options);
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join("; ")}`);
    },
    [within, rules],
  );
}

both("the place of a problem and its text are beside or below each other, also without a line", async () => {
  const page = await openFirst();
  for (const text of ["# nothing", "version: 1\nmetrics: oops"]) {
    await write(page, "mapping", text);
    await until(() => page.locator(".problem-place", { hasText: text.includes("oops") ? "2:10" : "shop.yaml" }).count());
    const [place, told] = await Promise.all([".problem-place", ".problem-text"].map((name) => page.locator(name).first().boundingBox()));
    assert.ok(place.x + place.width <= told.x || place.y + place.height <= told.y, JSON.stringify([place, told]));
  }
  await page.context().close();
});

both("names, roles and contrasts are right in light colours", async () => {
  const page = await fullPage();
  await page.evaluate(source);
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
  assert.deepEqual(await faultsOf(page), []);
  for (const name of TABS) {
    await tab(page, name);
    assert.deepEqual(await faultsOf(page, "#results-pane"), [], name);
  }
});

both("names are told apart, and their parts too", async () => {
  const page = await fullPage();
  const names = [
    ["tab", "Metrics 12"],
    ["button", "status=error 0"],
    ["button", "phase=init region=eu-central-1 mean 412.7 ms 1 sample"],
    ["button", "Queries of shop_invocations_total"],
  ];
  for (const [role, name] of names) assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, name);
});

both("contrasts are right in dark colours", async () => {
  const page = await fullPage();
  await page.evaluate(source);
  await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  assert.deepEqual(await faultsOf(page, "body", ["color-contrast"]), []);
  for (const name of TABS) {
    await tab(page, name);
    assert.deepEqual(await faultsOf(page, "#results-pane", ["color-contrast"]), [], name);
  }
  await page.locator("#mapping-editor .cm-content").focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.press("ControlOrMeta+Space");
  await page.locator(".cm-tooltip-autocomplete li[aria-selected]").waitFor();
  assert.deepEqual(await faultsOf(page, "#mapping-editor", ["color-contrast"]), [], "completion");
  await page.keyboard.press("Escape");
  await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
});

both("names, roles and contrasts are right in a dialog and on a small screen", async () => {
  const page = await fullPage();
  await page.evaluate(source);
  await page.getByRole("button", { name: "Make it a test" }).click();
  await page.getByRole("dialog").waitFor();
  assert.deepEqual(await faultsOf(page), [], "dialog");
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 390, height: 800 });
  assert.deepEqual(await faultsOf(page), [], "390 px");
  await page.setViewportSize({ width: 1440, height: 900 });
});

both("everything is reached by the keyboard alone", async () => {
  const page = await fullPage();
  const focused = () => page.evaluate(() => {
    const at = document.activeElement;
    return `${at.closest("section")?.id ?? ""} ${at.getAttribute("role") ?? at.tagName} ${at.textContent}`;
  });
  await page.keyboard.press("Alt+1");
  await until(async () => /^mapping-pane/.test(await focused()));
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  assert.doesNotMatch(await focused(), /^mapping-pane .*version/);
  await page.keyboard.press("Alt+2");
  await until(async () => /^events-pane/.test(await focused()));
  await page.keyboard.press("Alt+3");
  await until(async () => /tab Metrics/.test(await focused()));
  await page.keyboard.press("ArrowRight");
  await until(async () => /tab Event/.test(await focused()));
  await page.keyboard.press("ArrowLeft");
  await until(async () => /tab Metrics/.test(await focused()));
  for (let presses = 0; presses < 40 && !(await page.evaluate(() => document.activeElement.matches(".series-row"))); presses += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.locator(".origin", { hasText: /made/ }).waitFor();
  await page.keyboard.press("F1");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await until(async () => (await page.getByRole("dialog").count()) === 0);
});

both("to show more moves the focus to what is new", async () => {
  const page = await fullPage();
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await write(page, "mapping", "version: 1\nmetrics: {}\n");
  await write(page, "events", line(Object.fromEntries([..."abcdefgh"].map((name) => [name, 1]))));
  await tab(page, "Not read");
  await page.getByRole("button", { name: /^Show \d+ more$/ }).first().press("Enter");
  await until(async () => /^function_/.test(await focused()));
  const text = Array.from({ length: 40 }, (_, number) => line(`number ${number}`)).join("");
  await write(page, "events", text);
  await write(page, "mapping", mappingOf(metric("numbered_total", "    labels: {text: $.record}\n")));
  await tab(page, "Metrics");
  await page.getByRole("button", { name: "Show 10 more of 10" }).press("Enter");
  await until(async () => /text=number/.test(await focused()));
  await write(page, "events", `${line("one")}{"type": oops}\n`);
  await page.locator("#events-notes").getByRole("button", { name: "Close the note" }).focus();
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await until(() => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.getAttribute("aria-label") === "Events, JSON"));
});

both("the focus stays where it was at the last event, and comes back from a dialog of the menu", async () => {
  const page = await sharedPage();
  const focused = () => page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  await write(page, "events", line("one") + line("two"));
  await page.locator("#events-count", { hasText: /^2$/ }).waitFor();
  await page.locator("#events-editor .cm-dots .cm-dot").nth(1).click();
  const next = page.getByRole("button", { name: "Next event" });
  await next.focus();
  for (let times = 0; times < 2; times += 1) await next.press("Enter");
  await page.locator(".event-title", { hasText: "Event 2" }).waitFor();
  assert.equal(await focused(), "Next event");
  await page.keyboard.press("[");
  await page.locator(".event-title", { hasText: "Event 1" }).waitFor();
  await page.setViewportSize({ width: 390, height: 800 });
  await page.getByRole("button", { name: "More" }).press("Enter");
  await page.getByRole("menuitem", { name: "Keys" }).press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await until(async () => (await focused()) === "More");
  await page.setViewportSize({ width: 1440, height: 900 });
});

both("nothing has left the host, and nothing has failed", assertQuiet);
