// Builds the page: index.html, and beside it script, style and icon, whose names carry a hash of their content.
//
//     node build.mjs [--out DIR]
//
// Without --out, it writes to build/page of the checkout.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { bundledPackages, writeLicences } from "./licences/licences.mjs";
import { slimSchema } from "./slim_schema.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = dirname(HERE);
const SCHEMA = join(ROOT, "schema", "mapping.schema.json");
const COMMON = {
  bundle: true,
  minify: true,
  format: "esm",
  target: ["chrome111", "firefox115", "safari16.4"],
  write: false,
  metafile: true,
  absWorkingDir: HERE,
  legalComments: "none",
  logLevel: "warning",
};

/** Serves `virtual:schema`: the schema of a mapping, with only what completion and hover texts read. */
const schemaPlugin = {
  name: "schema",
  setup(builder) {
    builder.onResolve({ filter: /^virtual:schema$/ }, () => ({ path: SCHEMA, namespace: "schema" }));
    builder.onLoad({ filter: /.*/, namespace: "schema" }, () => ({
      contents: JSON.stringify(slimSchema(JSON.parse(readFileSync(SCHEMA, "utf8")))),
      loader: "json",
      watchFiles: [SCHEMA],
    }));
  },
};

/** Of what was bundled since a page was built: a page has all of it. */
const metafiles = [];

export async function bundled(entry, options = {}) {
  const result = await build({ ...COMMON, entryPoints: [join(HERE, entry)], outdir: "out", plugins: [schemaPlugin], ...options });
  metafiles.push(result.metafile);
  return result.outputFiles[0].contents;
}

/** Writes `content` to the folder `out` as NAME-HASH.EXTENSION, and returns that name. */
export function written(out, name, extension, content) {
  const file = `${name}-${hashed(content)}.${extension}`;
  writeFileSync(join(out, file), content);
  return file;
}

export const hashed = (...contents) =>
  contents.reduce((hash, content) => hash.update(content), createHash("sha256")).digest("hex").slice(0, 10);

/**
 * Builds the page into the folder `out`, which it empties before.
 *
 * `worker` names the script of the worker that answers, null for the local server; `policy` is the page's
 * Content-Security-Policy where no header says it; `licences` are those of what else lies beside it.
 */
export async function buildPage(out, { worker = null, policy = null, licences = [] } = {}) {
  const style = written(out, "page", "css", await bundled("src/look/page.css"));
  const icon = written(out, "icon", "svg", readFileSync(join(HERE, "src/look/icon.svg")));
  const define = { WORKER_FILE: JSON.stringify(worker) };
  const script = written(out, "page", "js", await bundled("src/main.ts", { define }));
  const html = readFileSync(join(HERE, "src/index.html"), "utf8")
    .replace("{{policy}}", policy === null ? "" : `<meta http-equiv="Content-Security-Policy" content="${policy}">`)
    .replace("{{style}}", style)
    .replace("{{icon}}", icon)
    .replaceAll("{{script}}", script);
  writeFileSync(join(out, "index.html"), html);
  writeLicences(out, bundledPackages(metafiles.splice(0), HERE), licences);
}

export function emptied(out) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  return out;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { out: { type: "string", default: join(ROOT, "build", "page") } } });
  await buildPage(emptied(resolve(values.out)));
}
