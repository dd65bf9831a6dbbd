/** How two texts differ, line by line. */
import { diffLines } from "diff";

/** Lines that are the same around each that differs. */
const AROUND = 3;
/** Milliseconds for a comparison. */
const PATIENCE = 500;

export interface DiffLine {
  kind: "same" | "gone" | "new" | "gap";
  /** For a gap, how many lines are left out. */
  text: string;
}

/** Returns the lines of `before` and `after` that differ, with some around them; null if the comparison takes too long. */
export function differingLines(before: string, after: string): DiffLine[] | null {
  const changes = diffLines(before, after, { timeout: PATIENCE });
  if (changes === undefined) return null;
  return changes.flatMap(({ value, added, removed }, index) => {
    const lines = value.replace(/\n$/, "").split("\n");
    if (added || removed) return lines.map((text): DiffLine => ({ kind: added ? "new" : "gone", text }));
    return shortened(lines, index > 0, index < changes.length - 1);
  });
}

/** Returns lines that are the same, without those that are far from what differs before or after them. */
function shortened(lines: readonly string[], isBefore: boolean, isAfter: boolean): DiffLine[] {
  const head = isBefore ? AROUND : 0;
  const tail = isAfter ? AROUND : 0;
  const same = (text: string): DiffLine => ({ kind: "same", text });
  const left = lines.length - head - tail;
  if (left <= 1) return lines.map(same);
  return [...lines.slice(0, head).map(same), { kind: "gap", text: String(left) }, ...lines.slice(lines.length - tail).map(same)];
}
