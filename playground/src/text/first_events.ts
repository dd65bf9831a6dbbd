/** The first events of a long recording. */

/** Characters before the cut that are looked through for the end of an event. */
const LOOKED_THROUGH = 200_000;

/**
 * Returns the beginning of a recording, at most `limit` UTF-16 code units long, with whole events: JSON lines end with a line, an array gets its closing
 * bracket. The recording itself if it is no longer than that.
 */
export function firstEvents(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = text.slice(0, limit);
  if (!/^\s*\[/.test(head)) {
    const end = head.lastIndexOf("\n");
    return end === -1 ? head : head.slice(0, end + 1);
  }
  const floor = Math.max(0, head.length - LOOKED_THROUGH);
  const ends = [...head.slice(floor).matchAll(/\}(?=\s*,\s*\{\s*"(?:time|type|record)")/g)];
  const last = ends.at(-1);
  return last === undefined ? head : `${head.slice(0, floor + last.index + 1)}]`;
}
