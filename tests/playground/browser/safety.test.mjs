// What a stranger's mapping, a runaway regex and another page cannot do.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";
import { assert, assertQuiet, both, faults, hits, host, line, locally, mappingOf, metric, open, requests, require, serve, sharedPage, shows, statically, tab, until, write } from "../../support/playground/browser.mjs";

const RUNAWAY = mappingOf(metric("slow_total", "    when: [{path: $.record, matches: '^(a|a)*b$'}]\n"), metric("lines_total"));

both("a runaway regex is cut off, and the other metrics are there", async () => {
  const page = await sharedPage();
  await write(page, "events", line("a".repeat(40)).repeat(300));
  await write(page, "mapping", RUNAWAY);
  await shows(page, "lines_total", "300");
  await page.locator(".engine-notes", { hasText: "300 as cut_off" }).waitFor();
  await tab(page, "Event");
  await tab(page, "Metrics");
  await write(page, "mapping", mappingOf(metric("after_total")));
  await shows(page, "after_total", "300");
});

statically("an engine that does not answer is given up and started again, and the page stays usable", async () => {
  const page = await sharedPage();
  await page.evaluate(() => {
    const { postMessage } = Worker.prototype;
    Worker.prototype.postMessage = () => (Worker.prototype.postMessage = postMessage);
  });
  await write(page, "mapping", mappingOf(metric("lost_total")));
  await page.locator("body", { hasText: /The engine gave up after \d+ seconds/ }).waitFor();
  await write(page, "mapping", mappingOf(metric("again_total")));
  await shows(page, "again_total", "300");
});

statically("a file of the engine that is missing or damaged is told at once", async () => {
  const damaged = Object.fromEntries(readdirSync(process.env.STATIC, { recursive: true }).filter((name) => name.endsWith(".wasm")).map((name) => [`/${name}`, "damaged"]));
  const sites = {
    "pyodide.asm.wasm cannot be loaded": [{}, /\.wasm$/],
    "library-": [{}, /library-/],
    "engine-": [{}, /engine-/],
    "script cannot be loaded": [{}, /worker-/],
    "WebAssembly": [damaged, null],
  };
  for (const [told, [extra, missing]] of Object.entries(sites)) {
    const url = await host(process.env.STATIC, extra, async (path) => missing?.test(path) && assert.fail(path));
    const page = await open(url, { wait: false });
    await page.locator("#mapping-notes", { hasText: `The engine cannot start in this browser: ` }).getByText(told).waitFor();
    await page.context().close();
  }
  faults.length = 0; // the browser tells of the 404
});

statically("events that are nested too deep for a browser are told as that, and the page stays usable", async () => {
  const page = await sharedPage();
  const deep = `{"time": "2026-03-02T08:14:09.404Z", "type": "function", "record": ${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}\n`;
  await write(page, "events", deep + line("one"));
  await page.locator("#mapping-notes", { hasText: "brackets within brackets" }).waitFor();
  await write(page, "events", line("one"));
  await write(page, "mapping", mappingOf(metric("shallow_total")));
  await shows(page, "shallow_total", "1");
  faults.length = 0; // Pyodide tells of its end
});

statically("no request is made while somebody works", async () => {
  const page = await sharedPage();
  const before = requests.length;
  await write(page, "events", line("secret"));
  await write(page, "mapping", mappingOf(metric("typed_total", "    labels: {text: $.record}\n")));
  await shows(page, "typed_total", "1");
  for (const name of ["Event", "Not read", "Cardinality", "Changes", "Metrics"]) await tab(page, name);
  await page.locator(".series-row", { hasText: "secret" }).click();
  await page.locator(".origin .chip").first().waitFor();
  assert.deepEqual(requests.slice(before), []);
});

const NETWORK = ["BroadcastChannel", "EventSource", "WebSocket", "WebTransport", "Worker", "XMLHttpRequest", "caches", "fetch", "importScripts", "indexedDB", "location", "navigator"];

/** Runs a script in a worker that is started as the playground starts its own, and returns what it posts. */
async function inWorker(script, extra = {}) {
  const [policy] = /<meta http-equiv="Content-Security-Policy"[^>]*>/.exec(readFileSync(join(process.env.STATIC, "index.html"), "utf8"));
  const url = await host(process.env.STATIC, { "/bare.html": `<!doctype html>${policy}<link rel="icon" href="data:,">`, "/probe.js": script, ...extra });
  const page = await open(`${url}bare.html`, { wait: false });
  return page.evaluate(
    (address) =>
      new Promise((resolve, reject) => {
        const blob = new Blob([`import ${JSON.stringify(address)};`], { type: "text/javascript" });
        const worker = new Worker(URL.createObjectURL(blob), { type: "module" });
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
      }),
    `${url}probe.js`,
  );
}

statically("the policy of the page holds in its workers: no code of text, and no other host", async () => {
  const elsewhere = await host(process.env.STATIC);
  const told = await inWorker(`
    const refused = async (name, run) => [name, await run().then(() => "done", (error) => error.name)];
    const own = new URL("index.html", import.meta.url);
    postMessage(Object.fromEntries(await Promise.all([
      refused("eval", async () => (0, eval)("1")),
      refused("Function", async () => new Function("return 1")()),
      refused("fetch of its own host", () => fetch(own)),
      refused("fetch of another host", () => fetch("${elsewhere}", { mode: "no-cors" })),
      refused("import of another host", () => import("${elsewhere}probe.js")),
    ])));
  `);
  faults.length = 0; // the browser tells of each
  assert.deepEqual(told, {
    eval: "EvalError",
    Function: "EvalError",
    "fetch of its own host": "done",
    "fetch of another host": "TypeError",
    "import of another host": "TypeError",
  });
  assert.deepEqual(hits.filter((url) => url.startsWith(elsewhere)), []);
  requests.length = 0; // it tells of those that the browser has refused, too
});

statically("a confined worker has nothing left but what calculates", async () => {
  const { build } = require("esbuild");
  const entry = fileURLToPath(new URL("../../../playground/src/worker/confinement.ts", import.meta.url));
  const bundle = await build({ entryPoints: [entry], bundle: true, format: "esm", write: false });
  const told = await inWorker(
    `
    import { confine } from "./confinement.js";
    const names = () => {
      const all = [];
      for (let at = globalThis; at !== null && at !== Object.prototype; at = Object.getPrototypeOf(at)) all.push(...Reflect.ownKeys(at));
      return all.filter((name) => typeof name === "string" && globalThis[name] !== undefined);
    };
    const before = names();
    const post = postMessage;
    confine(globalThis);
    let made = "nothing";
    try { made = (() => 0).constructor("return globalThis")(); } catch (error) { made = error.name; }
    post({ before, after: names(), made: String(made) });
  `,
    { "/confinement.js": bundle.outputFiles[0].contents },
  );
  assert.deepEqual(NETWORK.filter((name) => !told.before.includes(name) && name !== "WebTransport"), []);
  assert.deepEqual(NETWORK.filter((name) => told.after.includes(name)), []);
  assert.ok(told.after.includes("postMessage") && told.after.length < 80, told.after.join(" "));
  assert.equal(told.made, "TypeError");
});

locally("a page of another origin cannot talk to the server, even if it knows the token", async () => {
  const folder = mkdtempSync(join(tmpdir(), "playground-safety-"));
  after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "mine.yaml");
  writeFileSync(file, mappingOf(metric("mine_total")));
  const [server, token] = (await serve(file)).split("#token=");
  const elsewhere = await host(folder, { "/index.html": "<!doctype html><title>Elsewhere</title>" });
  const page = await open(elsewhere, { wait: false });
  const told = await page.evaluate(
    async ([address, known]) => {
      const told = {};
      const json = { "Content-Type": "application/json", "X-Telemap-Token": known };
      const tries = {
        files: () => fetch(`${address}files`, { headers: json }),
        ask: () => fetch(`${address}ask/hello`, { method: "POST", headers: json, body: "{}" }),
        save: () => fetch(`${address}save`, { method: "POST", mode: "no-cors", body: JSON.stringify({ text: "theirs", digest: null }) }),
      };
      for (const [name, run] of Object.entries(tries)) told[name] = await run().then((response) => response.type, (error) => error.name);
      const frame = document.createElement("iframe");
      frame.src = address;
      document.body.append(frame);
      await new Promise((resolve) => (frame.onload = resolve));
      try {
        told.frame = frame.contentWindow.document.title;
      } catch (error) {
        told.frame = error.name;
      }
      return told;
    },
    [server, token],
  );
  assert.deepEqual(told, { files: "TypeError", ask: "TypeError", save: "TypeError", frame: "SecurityError" });
  assert.equal(readFileSync(file, "utf8"), mappingOf(metric("mine_total")));
  await until(() => faults.some((fault) => /frame-ancestors/.test(fault)));
  faults.length = requests.length = 0;
});

both("nothing has left the host, and nothing has failed", assertQuiet);
