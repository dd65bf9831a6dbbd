// Links: shared, reopened elsewhere, broken, and those of the documentation.
import { execFileSync } from "node:child_process";
import { deflateSync } from "node:zlib";
import { address, assert, assertQuiet, both, engine, host, line, locally, mappingOf, metric, open, openFirst, serve, shows, statically, until, write } from "../../support/playground/browser.mjs";

const packed = (text) => `#1.${deflateSync(text).toString("base64url")}`;
const shared = (mapping, events) => packed(JSON.stringify({ mapping, events, name: "mapping.yaml" }));
const sharedLink = async (page) => {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const [link, told] = [await dialog.getByLabel("Link").inputValue(), await dialog.innerText()];
  await dialog.getByRole("button", { name: "Close" }).click();
  return { link, told };
};

let release;
const released = new Promise((resolve) => (release = resolve));
let site = null;

/** Returns an address of the site, whose worker waits until it is released. */
async function at(fragment) {
  site ??= await host(process.env.STATIC, {}, (path) => (path.startsWith("/worker-") ? released : null));
  return `${site}${fragment}`;
}

let opened = null;
const begun = () => (opened ??= at("").then((url) => open(url, { wait: false })));

/** Follows a link on the page that is open. */
async function follow(fragment) {
  const page = await begun();
  await page.goto(await at(fragment));
  return page;
}

statically("the metrics of an example are there before the engine has started", async () => {
  const page = await begun();
  await shows(page, "shop_invocations_total", "10");
  assert.equal(await page.locator(".status-light.ready").count(), 0);
  release();
});

statically("an example that nobody changed is named in the link, not copied", async () => {
  const page = await follow("#example=recipe.levels");
  await page.locator("#mapping-name", { hasText: "levels.yaml" }).waitFor();
  const { link } = await sharedLink(page);
  assert.equal(link, await at("#example=recipe.levels"));
});

both("the address names what was opened until it is changed", async () => {
  const page = await openFirst();
  const fragment = () => page.evaluate(() => location.hash);
  await page.getByLabel("Example").selectOption("recipe.levels");
  await until(async () => (await fragment()) === "#example=recipe.levels");
  await page.locator("#mapping-editor .cm-content").focus();
  await page.keyboard.insertText("#");
  await until(async () => (await fragment()) === "");
  await page.keyboard.press("Backspace");
  await until(async () => (await fragment()) === "#example=recipe.levels");
  await page.context().close();
});

statically("a shared link opens in another profile with the same metrics", async () => {
  const page = await begun();
  await engine(page);
  await write(page, "events", line("eins 😀") + line("zwei"));
  await write(page, "mapping", mappingOf(metric("shared_total")));
  await shows(page, "shared_total", "2");
  const { link, told } = await sharedLink(page);
  assert.match(told, /all 2 events are in the link/);
  assert.match(told, new RegExp(`${link.length.toLocaleString("en")} characters`));
  const other = await open(link);
  await shows(other, "shared_total", "2");
  await other.locator("#events-editor .cm-content", { hasText: "eins 😀" }).waitFor();
  await other.context().close();
});

locally("a link that the local page shares opens in the playground that --site names", async () => {
  const elsewhere = `${await host(process.env.STATIC)}index.html`;
  const page = await open(await serve("--site", elsewhere));
  await write(page, "events", line("here"));
  await write(page, "mapping", mappingOf(metric("carried_total")));
  await shows(page, "carried_total", "1");
  const { link } = await sharedLink(page);
  assert.ok(link.startsWith(`${elsewhere}#1.`), link);
  const other = await open(link);
  await shows(other, "carried_total", "1");
});

locally("without a playground that others can open, the end of a link is shared, which opens behind the address of one", async () => {
  const page = await open(await serve());
  await write(page, "events", line("here"));
  await write(page, "mapping", mappingOf(metric("carried_total")));
  await shows(page, "carried_total", "1");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const dialog = page.getByRole("dialog");
  const end = await dialog.getByLabel("End of the link").inputValue();
  assert.match(end, /^#1\./);
  const other = await open((await host(process.env.STATIC)) + end);
  await shows(other, "carried_total", "1");
});

statically("a link of the documentation opens what it stands below", async () => {
  const program = "from playground_examples import *; print(next(examples_of_recipes(RECIPES.read_text())).fragment())";
  const fragment = execFileSync(process.env.PYTHON, ["-c", program], { encoding: "utf8", env: { PYTHONPATH: "deploy" } }).trim();
  const page = await follow(fragment);
  await page.locator("#mapping-name", { hasText: "status-class.yaml" }).waitFor();
  await shows(page, "http_responses_total", "1");
  await page.locator("#events-editor .cm-content", { hasText: "upstream gone" }).waitFor();
});

const WRONG = {
  "a link that is cut off": [shared(mappingOf(metric("a_total")), line("x".repeat(500))).slice(0, -40), /damaged/],
  "a link with other characters": ["#1.%%%", /damaged|not one of/],
  "a link whose JSON is something else": [packed("[1]"), /damaged/],
  "a link of a newer version": ["#2.abc", /newer/],
  "a link that unpacks to too much": [packed(`{"mapping": "", "events": "${" ".repeat(5 << 20)}"}`), /more than 4 MiB/],
  "another fragment": ["#hello", /not one of/],
};

statically("links that are broken, too long or of a newer version are told, and the example is there", async () => {
  const page = await begun();
  for (const [name, [fragment, told]] of Object.entries(WRONG)) {
    await follow("#example=recipe.levels");
    await page.locator("#mapping-name", { hasText: "levels.yaml" }).waitFor();
    assert.equal(await page.locator("#mapping-notes .note").count(), 0, name);
    await follow(fragment);
    await page.locator("#mapping-notes", { hasText: told }).waitFor().catch((error) => assert.fail(`${name}: ${error.message}`));
    await page.locator("#mapping-name", { hasText: "shop.yaml" }).waitFor();
  }
});

statically("a stranger's mapping in a link makes no HTML", async () => {
  const html = "<img src=x onerror=document.title='made'>";
  const mapping = mappingOf(`  a_total:\n    type: counter\n    help: "${html}"\n    from: function\n    labels: {x: {path: $.record}}\n`);
  const page = await follow(shared(mapping, line(html)));
  await page.locator(".family-help", { hasText: "<img" }).waitFor();
  await page.locator(".series-row", { hasText: "<img" }).click();
  await page.locator(".origin .chip").first().click();
  await page.locator(".road").first().waitFor();
  assert.equal(await page.locator("img:not(.cm-widgetBuffer)").count(), 0);
  assert.notEqual(await page.title(), "made");
});

both("nothing has left the host, and nothing has failed", assertQuiet);
