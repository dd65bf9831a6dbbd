// Makes the archives of Python that the worker loads: see pack.py.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Returns the archive of the standard library and that of the engine.
 *
 * @param {string} packages the folder of Python's installed packages, those of requirements/telemap.txt among them
 * @returns {Promise<{library: Uint8Array, engine: Uint8Array}>}
 */
export async function makeArchives(packages) {
  const python = await loadPyodide();
  const folders = {
    worker: `${CHECKOUT}playground/src/worker/python`,
    engine: `${CHECKOUT}engine`,
    packages,
    mappings: `${CHECKOUT}mappings`,
    schema: `${CHECKOUT}schema`,
  };
  for (const [name, folder] of Object.entries(folders)) {
    python.FS.mkdir(`/${name}`);
    python.mountNodeFS(`/${name}`, folder);
  }
  python.runPython("import shutil; shutil.unpack_archive('/lib/python314.zip', '/library')");
  python.runPython(readFileSync(new URL("pack.py", import.meta.url), "utf8"), { filename: "pack.py" });
  const packed = python.runPython("pack('/library', '/worker', '/engine', '/packages', '/mappings', '/schema')");
  const [library, engine] = packed.toJs();
  return { library, engine: gzipSync(engine, { level: 9 }) };
}
