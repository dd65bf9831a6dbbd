/**
 * Links that hold a mapping and events: the fragment of the address is `#1.` and the two texts, compressed with a checksum (zlib).
 *
 * The first character is the version of the form. Unpacked, it is JSON: `{"mapping": text, "events": text, "name": name}`. An example that nobody changed is
 * named instead: `#example=shop`.
 */
import { collect } from "./bytes";

const VERSION = "1";
/** More than this does not fit into a link, and is not unpacked. */
export const MAX_UNPACKED = 4 * 1024 * 1024;

export interface Shared {
  mapping: string;
  events: string;
  /** Of the mapping's file; empty for none. */
  name: string;
}

export type Fragment = { kind: "none" } | { kind: "example"; name: string } | { kind: "shared"; packed: string } | { kind: "wrong"; why: string };

export class LinkError extends Error {}

/** Returns what the fragment of an address asks for, without unpacking it. */
export function readFragment(fragment: string): Fragment {
  const text = fragment.replace(/^#/, "");
  if (text === "") return { kind: "none" };
  const example = /^example=([A-Za-z0-9_.-]{1,80})$/.exec(text);
  if (example !== null) return { kind: "example", name: example[1]! };
  const shared = /^(\d{1,6})\.(.*)$/s.exec(text);
  if (shared === null) return { kind: "wrong", why: "This link is not one of the playground's. It shows the example instead." };
  if (shared[1] !== VERSION) return { kind: "wrong", why: "This link was made by a newer playground than this one. Open it there, or ask for mapping and events as files." };
  return { kind: "shared", packed: shared[2]! };
}

/** Returns the fragment of a link to an example, with `#`. */
export function exampleFragment(name: string): string {
  return `#example=${name}`;
}

function base64url(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new LinkError("This link is damaged: a character in it is not of a link. Copy it once more, as a whole.");
  const binary = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Returns the fragment, with `#`, of a link that holds these texts. Throws LinkError if they are too long. */
export async function packFragment(shared: Shared): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(shared));
  if (bytes.length > MAX_UNPACKED) throw new LinkError("Mapping and events are more than 4 MiB: too much for a link. Keep fewer events, and share again.");
  const packed = await collect(new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate")), Infinity);
  return `#${VERSION}.${base64url(packed.bytes)}`;
}

/** Returns the texts of a link. Throws LinkError, with a sentence for people, if it is damaged or unpacks to more than 4 MiB. */
export async function unpackFragment(packed: string): Promise<Shared> {
  const damaged = "This link is damaged: a part of it is missing. Copy it once more, as a whole.";
  let value: unknown;
  try {
    const stream = new Blob([fromBase64url(packed)]).stream().pipeThrough(new DecompressionStream("deflate"));
    const { bytes, end } = await collect(stream, MAX_UNPACKED);
    if (end === "too much") throw new LinkError("This link unpacks to more than 4 MiB, and is not opened.");
    if (end === "damaged") throw new LinkError(damaged);
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError(damaged);
  }
  const { mapping, events, name } = (value ?? {}) as Record<string, unknown>;
  if (typeof mapping !== "string" || typeof events !== "string") throw new LinkError(damaged);
  return { mapping, events, name: typeof name === "string" && /^[\w][\w.-]{0,80}$/.test(name) ? name : "" };
}
