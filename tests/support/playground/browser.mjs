// A browser with the playground, for the tests in tests/playground/browser. Environment: BACKEND is `static` or `local`,
// STATIC and PAGE the folders of what `make playground` builds, BROWSER a Chromium, PYTHON the Python that has telemap.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

export const require = createRequire(fileURLToPath(new URL("../../../playground/package.json", import.meta.url)));
const { chromium } = require("playwright-core");
const { BACKEND, STATIC, PAGE, BROWSER, PYTHON } = process.env;

/** How long a test waits for what must happen: the machine may be busy. */
const PATIENCE = 120_000;

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".mjs": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** A test of both back ends, or of one of them. */
export const both = (name, run) => test(name, { timeout: 2 * PATIENCE }, run);
export const statically = (name, run) => BACKEND === "static" && both(name, run);
export const locally = (name, run) => BACKEND === "local" && both(name, run);

/** The addresses that hosts of this module were asked for. */
export const hits = [];

/** Serves a folder as a static host does, without any header but the type. `extra` has more files, by path; `held` delays some, or throws where there is to be none. */
export async function host(folder, extra = {}, held = async (_path) => {}) {
  const server = createServer(async (request, response) => {
    hits.push(`http://${request.headers.host}${request.url}`);
    const path = request.url.replace(/[?#].*/s, "").replace(/\/$/, "/index.html");
    try {
      await held(path);
      const content = extra[path] ?? readFileSync(join(folder, path));
      response.writeHead(200, { "Content-Type": TYPES[extname(path)] ?? "application/octet-stream" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => new Promise((resolve) => server.close(resolve).closeAllConnections?.()));
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Starts `telemap playground` with these arguments, and returns its address, with the token, and what ends it. */
export async function start(args) {
  const command = ["-m", "telemap", "playground", "--page", PAGE, "--no-open", ...args];
  const server = spawn(PYTHON, command, { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => server.on("exit", resolve));
  const end = () => {
    server.kill("SIGINT");
    return ended;
  };
  atEnd(end);
  let told = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (told += data));
  const address = await until(() => /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(told)?.[0] ?? assert.equal(server.exitCode, null, told));
  return { address, end };
}

/** Starts `telemap playground` with these files on a free port, and returns its address. */
export const serve = async (...files) => (await start(["--port", "0", ...files])).address;

/** Returns an address of the playground with its first example, of the back end under test. */
export const address = async () => (BACKEND === "static" ? host(STATIC) : serve());

const endings = [];
const atEnd = (end) => endings.push(end);
after(async () => {
  for (const end of endings.reverse()) await end();
});

let launched = null;

function launch() {
  launched ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), "browser-"));
    const args = ["--no-sandbox", "--disable-dev-shm-usage"];
    const browser = await chromium.launch({ executablePath: BROWSER, args, env: { ...process.env, HOME: folder } });
    atEnd(async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    });
    return browser;
  })();
  return launched;
}

/** Chromium copies styles into what is typed over other text, refuses them by the page's policy, and says so. */
const ODD = /^Applying inline style violates/;

/** Everything that pages have asked for, and what went wrong in them. */
export const requests = [];
export const faults = [];
const ours = new Set();

/** Opens an address in a profile of its own, and returns the page once the engine has answered. */
export async function open(url, { wait = true, ...options } = {}) {
  const context = await (await launch()).newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(PATIENCE);
  ours.add(new URL(url).origin);
  context.on("request", (request) => requests.push(request.url()));
  context.on("weberror", (error) => faults.push(error.error().message));
  context.on("console", (message) => message.type() === "error" && !ODD.test(message.text()) && faults.push(`${message.text()} (${message.location().url})`));
  const page = await context.newPage();
  await page.goto(url);
  if (wait) await engine(page);
  return page;
}

/** Waits for the engine to have started. */
export const engine = (page) => page.locator(".status-light.ready").waitFor({ state: "attached" });

/** Opens the page without files, and waits for the first example: it would replace what is typed before. */
export async function openFirst() {
  const page = await open(await address());
  await page.locator("#mapping-name", { hasText: "shop.yaml" }).waitFor();
  return page;
}

let first = null;

/** Returns the same page for all tests of a file that do not leave it in a state of its own. */
export const sharedPage = () => (first ??= openFirst());

/** Replaces the text of an editor, `mapping` or `events`, as by the keyboard. */
export async function write(page, editor, text) {
  await page.locator(`#${editor}-editor .cm-content`).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

export const mappingOf = (...metrics) => `version: 1\nmetrics:\n${metrics.join("")}`;
export const metric = (name, more = "") => `  ${name}:\n    type: counter\n    help: Some.\n    from: function\n${more}`;
export const line = (record, type = "function") => `${JSON.stringify({ time: "2026-03-02T08:14:09.404Z", type, record })}\n`;

/** Waits until a metric has a series with this value. */
export async function shows(page, name, value) {
  await page.locator(`.family[aria-label="${name}"] .number`, { hasText: new RegExp(`^${value}$`) }).first().waitFor();
}

export const tab = (page, name) => page.getByRole("tab", { name: new RegExp(`^${name}`) }).click();

/** Drops files on the page: names and contents, text or base64. */
export async function drop(page, files) {
  const transfer = await page.evaluateHandle((all) => {
    const carried = new DataTransfer();
    for (const { name, text, base64 } of all) {
      const content = base64 === undefined ? text : Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
      carried.items.add(new File([content], name));
    }
    return carried;
  }, files);
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
}

/** Waits until something is so, and returns it. */
export async function until(settled) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const value = await settled();
    if (value) return value;
    assert.ok(Date.now() < end, `it has not happened: ${settled}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Fails if a page has asked another host for anything, or has told of an error. */
export function assertQuiet() {
  assert.deepEqual(requests.filter((url) => !ours.has(new URL(url.replace(/^blob:/, "")).origin)), []);
  assert.deepEqual(faults, []);
}
export { assert };
