// Measures the playground against what it may cost: bytes as built, and milliseconds in a browser on this machine.
//
//     node benchmarks/playground.mjs [--times 7]
//
// Prints a table. The exit code is 1 if bytes are beyond their target; milliseconds depend on the machine, and are printed
// only. Needs `make playground`, and a Chromium: CHROMIUM, on PATH, or unpacked by `.ci/servers chromium`.
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

const TOP = fileURLToPath(new URL("..", import.meta.url));
const STATIC = join(TOP, "build/playground");
const PAGE = join(TOP, "engine/telemap/playground/page");
const EVENTS = 200;
const { values } = parseArgs({ options: { times: { type: "string", default: "7" } } });
const TIMES = Number(values.times);
const { chromium } = createRequire(join(TOP, "playground/package.json"))("playwright-core");

const filesBelow = (folder) =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(folder, entry.name)) : [join(folder, entry.name)],
  );
const sum = (files, size) => files.reduce((total, file) => total + size(file), 0);
const packed = (file) => gzipSync(readFileSync(file), { level: 9 }).length;
const raw = (file) => statSync(file).size;
const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** The page with its editors: what a browser loads before the engine. */
const isPage = (file) => /^(index\.html|page-.*|icon-.*)$/.test(relative(STATIC, file));

function bytes() {
  const files = filesBelow(STATIC);
  const row = (what, measured, target) => ({ what, measured, target, unit: "bytes" });
  return [
    row("page with editors, gzip", sum(files.filter(isPage), packed), 200_000),
    row("all static files, gzip", sum(files, packed), 6 * 1024 * 1024),
    row("page in the wheel", sum(filesBelow(PAGE), raw), 1_000_000),
  ];
}

const TYPES = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml", ".wasm": "application/wasm" };

async function host() {
  const server = createServer((request, response) => {
    const path = request.url.replace(/[?#].*/s, "").replace(/\/$/, "/index.html");
    const kept = /-[0-9a-f]{10}/.test(path) ? "max-age=31536000, immutable" : "no-cache";
    const type = TYPES[extname(path)] ?? "application/octet-stream";
    response.writeHead(200, { "Content-Type": type, "Cache-Control": kept }).end(readFileSync(join(STATIC, path)));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, stop: () => server.close().closeAllConnections() };
}

async function serve(...files) {
  const command = ["-m", "telemap", "playground", "--page", PAGE, "--no-open", "--port", "0", ...files];
  const server = spawn(join(TOP, ".venv/bin/python"), command, { stdio: ["ignore", "pipe", "pipe"] });
  const url = await new Promise((resolve) => {
    let told = "";
    const hear = (data) => {
      told += data;
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(told);
      if (found) resolve(found[0]);
    };
    for (const stream of [server.stdout, server.stderr]) stream.on("data", hear);
  });
  return { url, stop: () => server.kill("SIGINT") };
}

/** In the page: notes when a key was pressed, and when the answer to each question has been drawn. */
function watch() {
  globalThis.drawn = {};
  const note = (question) => requestAnimationFrame(() => setTimeout(() => (globalThis.drawn[question] = performance.now())));
  addEventListener("keydown", () => (globalThis.pressed = performance.now()), true);
  const { fetch } = globalThis;
  globalThis.fetch = async (...args) => {
    const response = await fetch(...args);
    const question = /ask\/(\w+)$/.exec(String(args[0]))?.[1];
    if (question) void response.clone().text().then(() => note(question));
    return response;
  };
  const { postMessage } = Worker.prototype;
  const asked = new Map();
  Worker.prototype.postMessage = function post(message, ...rest) {
    if (asked.size === 0) this.addEventListener("message", ({ data }) => asked.has(data.id) && note(asked.get(data.id)));
    asked.set(message.id, message.question);
    return postMessage.call(this, message, ...rest);
  };
}

function launch() {
  const unpacked = join(TOP, ".cache/chromium");
  const onPath = (name) => execFileSync("sh", ["-c", `command -v ${name} || true`], { encoding: "utf8" }).trim();
  const executablePath = process.env.CHROMIUM || onPath("chromium-headless-shell") || onPath("chromium");
  if (executablePath) return chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const env = { ...process.env, LD_LIBRARY_PATH: ["usr/lib", "lib"].map((one) => join(unpacked, one, `${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu`)).join(":") };
  return chromium.launch({ executablePath: join(unpacked, "usr/lib/chromium/chromium-headless-shell"), args: ["--no-sandbox"], env });
}

const drawn = (page, question) => page.waitForFunction((name) => globalThis.drawn[name], question, { timeout: 120_000 });

/** Returns the medians, in milliseconds, from a key to the metrics and to the trace, at the end of the mapping's first line. */
async function typing(page) {
  const metrics = [];
  const traces = [];
  await drawn(page, "trace");
  for (let time = 0; time < TIMES; time += 1) {
    await page.locator("#mapping-editor .cm-content").focus();
    await page.keyboard.press("ControlOrMeta+Home");
    await page.keyboard.press("End");
    await page.evaluate(() => (globalThis.drawn = {}));
    await page.keyboard.type("x");
    await drawn(page, "trace");
    const [pressed, evaluated, traced] = await page.evaluate(() => [globalThis.pressed, globalThis.drawn.evaluate, globalThis.drawn.trace]);
    metrics.push(evaluated - pressed);
    traces.push(traced - pressed);
  }
  return { metrics: median(metrics), trace: median(traces) };
}

async function milliseconds() {
  const folder = mkdtempSync(join(tmpdir(), "playground-bench-"));
  const shop = readFileSync(join(TOP, "playground/examples/shop.jsonl"), "utf8").trimEnd().split("\n");
  const events = Array.from({ length: EVENTS }, (_, number) => shop[number % shop.length]).join("\n");
  const [mappingFile, eventsFile] = [join(folder, "shop.yaml"), join(folder, "shop.jsonl")];
  writeFileSync(mappingFile, readFileSync(join(TOP, "playground/examples/shop.yaml")));
  writeFileSync(eventsFile, events);
  const browser = await launch();
  const site = await host();
  const server = await serve(mappingFile, eventsFile);
  const rows = [];
  const row = (what, measured, target) => rows.push({ what, measured: Math.round(measured), target, unit: "ms" });
  const newPage = async (context) => {
    const page = await context.newPage();
    await page.addInitScript(watch);
    return page;
  };
  const usable = [];
  const started = [];
  const context = await browser.newContext();
  let page;
  for (let time = 0; time < Math.min(TIMES, 3); time += 1) {
    page = await newPage(context);
    await page.goto(site.url);
    await page.locator(".family .number").first().waitFor();
    usable.push(await page.evaluate(() => performance.now()));
    await page.locator(".status-light.ready").waitFor({ state: "attached", timeout: 120_000 });
    started.push(await page.evaluate(() => performance.now()));
  }
  row("static: open to editors and metrics, first time", usable[0], 1000);
  row("static: open to editors and metrics, again", median(usable.slice(1)), 1000);
  row("static: open to an engine that answers, first time", started[0], null);
  row("static: open to an engine that answers, again", median(started.slice(1)), null);
  const transfer = await page.evaluateHandle((text) => {
    const carried = new DataTransfer();
    carried.items.add(new File([text], "shop.jsonl"));
    return carried;
  }, events);
  await page.evaluate(() => (globalThis.drawn = {}));
  await page.dispatchEvent("body", "drop", { dataTransfer: transfer });
  const inWorker = await typing(page);
  row("static: key to metrics", inWorker.metrics, 300);
  row("static: key to trace", inWorker.trace, 800);
  const opened = [];
  for (let time = 0; time < TIMES; time += 1) {
    page = await newPage(await browser.newContext());
    await page.goto(server.url);
    await drawn(page, "evaluate");
    opened.push(await page.evaluate(() => globalThis.drawn.evaluate));
  }
  row("local server: open to metrics", median(opened), 1000);
  const local = await typing(page);
  row("local server: key to metrics", local.metrics, 300);
  row("local server: key to trace", local.trace, 800);
  await browser.close();
  site.stop();
  server.stop();
  rmSync(folder, { recursive: true });
  return rows;
}

const rows = [...bytes(), ...(await milliseconds())];
const number = (value) => value.toLocaleString("en");
console.log(`${EVENTS} events, 12 metrics; times are medians of ${TIMES}.\n`);
console.log("| what | measured | target | |\n| --- | ---: | ---: | --- |");
for (const { what, measured, target, unit } of rows) {
  const verdict = target === null ? "" : measured <= target ? "held" : "missed";
  console.log(`| ${what} | ${number(measured)} ${unit} | ${target === null ? "" : `${number(target)} ${unit}`} | ${verdict} |`);
}
process.exit(rows.some(({ measured, target, unit }) => unit === "bytes" && measured > target) ? 1 : 0);
