/** Streams of bytes, read to their end, and gzip. */

export interface Collected {
  /** What came before the end. */
  bytes: Uint8Array<ArrayBuffer>;
  /** "too much": the stream has more bytes than wanted. */
  end: "whole" | "damaged" | "too much";
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Reads a stream, and stops where there are more than `limit` bytes, or where it is damaged. */
export async function collect(stream: ReadableStream<Uint8Array>, limit: number): Promise<Collected> {
  const parts: Uint8Array[] = [];
  let left = limit;
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { bytes: joined(parts), end: "whole" };
      left -= value.length;
      if (left < 0) {
        await reader.cancel().catch(() => undefined);
        return { bytes: joined(parts), end: "too much" };
      }
      parts.push(value);
    }
  } catch {
    return { bytes: joined(parts), end: "damaged" };
  }
}

/** Returns whether bytes begin as gzip data does, at an offset. */
export function isGzip(data: Uint8Array, at = 0): boolean {
  return data[at] === 0x1f && data[at + 1] === 0x8b && data[at + 2] === 8;
}

/** Unpacks gzip data, which may have several members, one after the other, as `cat` of several files has. */
export async function gunzip(data: Uint8Array<ArrayBuffer>, limit: number): Promise<Collected> {
  const members: Uint8Array[] = [];
  let left = limit;
  let from = 0;
  let to = 0;
  let last: Collected;
  do {
    // A browser unpacks one member, and does not say where it ends: so it is tried with each place where another may begin.
    do to += 1;
    while (to < data.length && !isGzip(data, to));
    last = await collect(new Blob([data.subarray(from, to)]).stream().pipeThrough(new DecompressionStream("gzip")), left);
    if (last.end === "damaged" && to < data.length) continue;
    members.push(last.bytes);
    left -= last.bytes.length;
    from = to;
  } while (to < data.length && last.end !== "too much");
  return { bytes: joined(members), end: last.end };
}
