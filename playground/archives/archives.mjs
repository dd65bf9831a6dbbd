// Makes the archives of Python that the worker loads: see pack.py.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Returns the archive of the standard library and that of the engine.
 *
 * `packages` is the folder of Python's installed packages, those of requirements/telemap.txt among them.
 */
export async function makeArchives(packages) {
  const python = await loadPyodide();
  const folders = { worker: `${ROOT}playground/src/worker/python`, engine: `${ROOT}engine`, packages };
  for (const [name, folder] of Object.entries({ ...folders, mappings: `${ROOT}mappings`, schema: `${ROOT}schema` })) {
    python.FS.mkdirTree(`/checkout/${name}`);
    python.mountNodeFS(`/checkout/${name}`, folder);
  }
  python.runPython(readFileSync(new URL("pack.py", import.meta.url), "utf8"), { filename: "pack.py" });
  const packed = python.runPython(`
    import shutil
    from pathlib import Path
    shutil.unpack_archive("/lib/python314.zip", "/library")
    top = Path("/checkout")
    pack(Path("/library"), top / "worker", top / "engine", top / "packages", top)
  `);
  const [library, engine] = packed.toJs();
  return { library, engine: gzipSync(engine, { level: 9 }) };
}
