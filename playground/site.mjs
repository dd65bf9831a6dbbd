// Builds the playground as static files: the page, and beside it the engine that runs in the reader's browser.
//
//     node site.mjs [--out DIR] [--packages DIR]
//
// Without --out, it writes to build/playground of the checkout. --packages is the folder of Python's installed packages;
// without it, that of .venv.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeArchives } from "./archives/archives.mjs";
import { ROOT, buildPage, bundled, emptied, hashed, written } from "./build.mjs";

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

function installedPackages() {
  const command = "import sysconfig; print(sysconfig.get_path('purelib'))";
  return execFileSync(join(ROOT, ".venv/bin/python"), ["-c", command], { encoding: "utf8" }).trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: "string" }, packages: { type: "string" } } });
  const out = emptied(resolve(values.out ?? join(ROOT, "build", "playground")));
  const worker = await buildWorker(out, values.packages ?? installedPackages());
  await buildPage(out, { worker, policy: POLICY });
}
