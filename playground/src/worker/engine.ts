/** The engine in Pyodide. */

import { loadPyodide } from "pyodide";
import { info } from "pyodide/pyodide-lock.json";
import { confine } from "./confinement";
import { ticking } from "./ticking";

export interface EngineFiles {
  /** The folder of pyodide.asm.mjs and pyodide.asm.wasm; in a browser, an address. */
  runtime: string;
  /** The address or path of the archive of the standard library. */
  library: string;
  /** The archive of the engine: see archives/pack.py. */
  engine: Promise<ArrayBuffer>;
}

/** Answers a question in JSON with `{"answer": ...}` or `{"refused": message}`. */
export type Answering = (question: string, args: string) => string;

/** Pyodide asks which packages it could install: none. */
const NO_PACKAGES = JSON.stringify({ info, packages: {} });

/** Starts Python, and takes from it and from this thread all that it does not need. */
export async function startEngine(files: EngineFiles): Promise<Answering> {
  const python = await loadPyodide({
    indexURL: files.runtime,
    stdLibURL: files.library,
    lockFileContents: NO_PACKAGES,
    jsglobals: Object.create(null),
    stdin: () => null,
    env: { PYTHONNOUSERSITE: "1" },
    fsInit: async (FS, { sitePackages }) => unpack(FS, sitePackages, await unzipped(await files.engine)),
  });
  const answer = python.pyimport("answering").answer as Answering;
  python.pyimport("confinement").confine();
  const timer = ticking(performance.now.bind(performance));
  python.setInterruptBuffer(timer.buffer as unknown as Uint8Array);
  confine(globalThis);
  return (question, args) => {
    timer.begin();
    try {
      return answer(question, args);
    } finally {
      timer.end();
    }
  };
}

async function unzipped(data: ArrayBuffer): Promise<Uint8Array> {
  const stream = new Blob([data]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

interface FileSystem {
  mkdirTree(path: string): void;
  writeFile(path: string, content: Uint8Array): void;
}

/** Writes the files of an archive: a line of JSON with names and lengths, then the files. */
function unpack(FS: FileSystem, folder: string, archive: Uint8Array): void {
  const end = archive.indexOf(10);
  const index: [name: string, length: number][] = JSON.parse(new TextDecoder().decode(archive.subarray(0, end)));
  let at = end + 1;
  for (const [name, length] of index) {
    const path = `${folder}/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, archive.subarray(at, at + length));
    at += length;
  }
}
