// Answers as the worker of the page does, without a browser: reads a question a line, [name, arguments], and writes its
// answer. Argument: the folder of the static playground. With --python FILE, Python's module `answering` is that file.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const PLAYGROUND = fileURLToPath(new URL("../../../playground/", import.meta.url));
const { build } = createRequire(`${PLAYGROUND}package.json`)("esbuild");
const [site, , python] = process.argv.slice(2);
const { stdin, stdout } = process;
const fileNamed = (begin) => join(site, readdirSync(site).find((name) => name.startsWith(begin)));

/** Puts another module in the place of the one that answers. */
function withPython(archive, source) {
  const content = gunzipSync(archive);
  const end = content.indexOf(10);
  const index = JSON.parse(content.subarray(0, end));
  const answering = index.find(([name]) => name === "answering.pyc");
  answering[0] = "unused.pyc";
  index.push(["answering.py", source.length]);
  return gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), content.subarray(end + 1), source]));
}

async function loaded(entry) {
  const folder = mkdtempSync(join(tmpdir(), "playground-"));
  const outfile = join(folder, "engine.mjs");
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  await build({ entryPoints: [entry], bundle: true, format: "esm", platform: "node", outfile, banner, logLevel: "warning" });
  const module = await import(pathToFileURL(outfile).href);
  rmSync(folder, { recursive: true });
  return module;
}

const { startEngine } = await loaded(`${PLAYGROUND}src/worker/engine.ts`);
const archive = readFileSync(fileNamed("engine-"));
const answer = await startEngine({
  runtime: `${fileNamed("runtime-")}/`,
  library: fileNamed("library-"),
  engine: Promise.resolve(python === undefined ? archive : withPython(archive, readFileSync(python))),
});
for await (const line of createInterface({ input: stdin })) {
  const [question, args] = JSON.parse(line);
  stdout.write(`${answer(question, JSON.stringify(args))}\n`);
}
