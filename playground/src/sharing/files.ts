/** Files that are opened: by a button or dropped, compressed or not. */
import { gunzip, isGzip, type Collected } from "./bytes";

/** More than this is not opened: the editors and the engine would become slow. */
const MAX_FILE = 32 * 1024 * 1024;
const TOO_MUCH = "The file has more than 32 MB of text. Open fewer events: head -n 20000 events.jsonl > some.jsonl";

export interface Opened {
  kind: "mapping" | "events";
  name: string;
  text: string;
  /** What could not be read of it; null if all could. */
  note: string | null;
}

/** Returns what kind of file this is: by its name and, where that does not tell, by how it begins. */
export function kindOf(name: string, text: string): Opened["kind"] {
  const bare = name.toLowerCase().replace(/\.gz$/, "");
  if (/\.ya?ml$/.test(bare)) return "mapping";
  if (/\.(json|jsonl|ndjson|log|txt|csv)$/.test(bare)) return "events";
  return /^\s*(#.*\n|\s)*(version|include|defaults|metrics|groups|drop)\s*:/.test(text.slice(0, 4000)) ? "mapping" : "events";
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Reads a file, unpacking gzip whatever its name is. Throws an Error with a sentence for people. */
export async function openFile(file: File): Promise<Opened> {
  if (file.size > MAX_FILE) throw new Error(TOO_MUCH);
  const data = await file.arrayBuffer().catch(() => null);
  if (data === null) throw new Error(`${file.name} cannot be read.`);
  const packed = new Uint8Array(data);
  const { bytes, end }: Collected = isGzip(packed) ? await gunzip(packed, MAX_FILE) : { bytes: packed, end: "whole" };
  if (end === "too much") throw new Error(TOO_MUCH);
  if (end === "damaged" && bytes.length === 0) throw new Error(`${file.name} cannot be unpacked: it is damaged.`);
  if (bytes.subarray(0, 8000).includes(0)) throw new Error(`${file.name} is not text.`);
  const text = new TextDecoder("utf-8").decode(bytes);
  const note = end === "damaged" ? `${file.name} is damaged: what is before that is shown.` : isUtf8(bytes) ? null : `${file.name} contains bytes that are not UTF-8: they are shown as U+FFFD.`;
  return { kind: kindOf(file.name, text), name: file.name.replace(/\.gz$/i, ""), text, note };
}

/** Saves text as a file of the browser. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
