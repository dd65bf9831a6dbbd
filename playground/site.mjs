// Builds the playground as static files: the page, and beside it the engine that runs in the reader's browser.
//
//     node site.mjs [--out DIR] [--page DIR] [--python PROGRAM]
//
// Without --out, it writes to build/playground of the checkout. With --page, it also writes the page that the local server
// sends. The engine's packages and the examples' answers are those of a Python, by default .venv's.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeArchives } from "./archives/archives.mjs";
import { ROOT, buildPage, bundled, emptied, hashed, written } from "./build.mjs";
import { pythonSections } from "./licences/licences.mjs";

const PYODIDE = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
const RUNTIME_FILES = ["pyodide.asm.mjs", "pyodide.asm.wasm"];

/** What a static host sends no header for. The worker is started from a blob, so that this holds for it as well. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Copies what runs Python into a folder whose name changes with its content, and returns that name. */
function copyRuntime(out) {
  const folder = `runtime-${hashed(...RUNTIME_FILES.map((file) => readFileSync(join(PYODIDE, file))))}`;
  mkdirSync(join(out, folder));
  for (const file of RUNTIME_FILES) cpSync(join(PYODIDE, file), join(out, folder, file));
  return folder;
}

/** Builds worker, archives and runtime into the folder `out`, and returns the name of the worker's script. */
export async function buildWorker(out, packages) {
  const { library, engine } = await makeArchives(packages);
  const files = {
    RUNTIME: `${copyRuntime(out)}/`,
    LIBRARY: written(out, "library", "zip", library),
    ENGINE: written(out, "engine", "bin", engine),
  };
  const define = Object.fromEntries(Object.entries(files).map(([name, file]) => [name, JSON.stringify(file)]));
  return written(out, "worker", "js", await bundled("src/worker/main.ts", { define, external: ["node:*", "ws"] }));
}

/** Returns the folder of the packages that a Python has installed. */
function packagesOf(python) {
  const command = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return execFileSync(python, ["-c", command], { encoding: "utf8" }).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { out: { type: "string" }, page: { type: "string" }, python: { type: "string" } };
  const { values } = parseArgs({ options });
  const python = values.python ?? join(ROOT, ".venv/bin/python");
  const out = emptied(resolve(values.out ?? join(ROOT, "build/playground")));
  const page = values.page === undefined ? [] : [emptied(resolve(values.page))];
  const examples = [out, ...page].map((folder) => join(folder, "examples"));
  execFileSync(python, [join(ROOT, "deploy/playground_examples.py"), ...examples]);
  await buildPage(out, { worker: await buildWorker(out, packagesOf(python)), policy: POLICY });
  for (const folder of page) await buildPage(folder);
}
