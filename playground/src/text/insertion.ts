/** Where a metric goes in the text of a mapping. */

export interface Insertion {
  /** UTF-16 offsets of what is replaced. */
  from: number;
  to: number;
  insert: string;
  /** The line, from 1, of the metric's name after the insertion. */
  line: number;
}

const indent = (line: string): number => /^ */.exec(line)![0].length;
const isBlank = (line: string): boolean => /^\s*(#.*)?$/.test(line);

function indented(block: string, spaces: number): string[] {
  return block.replace(/\n+$/, "").split("\n").map((line) => (line === "" ? "" : " ".repeat(spaces) + line.slice(2)));
}

function offsetOfLine(lines: readonly string[], index: number): number {
  let offset = 0;
  for (let line = 0; line < index; line += 1) offset += lines[line]!.length + 1;
  return offset;
}

/**
 * Returns how to add a metric at the end of `metrics:` of `text`; `block` is YAML indented by two spaces. It takes the indentation of the metrics that are
 * there; an empty `metrics: {}` becomes a block; without `metrics:`, that is added at the end. null where metrics are written in braces: YAML has no way to
 * put a block there.
 */
export function metricInsertion(text: string, block: string): Insertion | null {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^metrics\s*:(\s|$)/.test(line));
  if (start === -1) {
    const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
    const added = `${gap}metrics:\n${indented(block, 2).join("\n")}\n`;
    return { from: text.length, to: text.length, insert: added, line: lines.length + gap.length + 1 };
  }
  const opening = /^metrics\s*:\s*(\{\s*\}|~|null)?\s*(#.*)?$/.exec(lines[start]!);
  if (opening === null) return null;
  if (opening[1] !== undefined) {
    const from = offsetOfLine(lines, start) + lines[start]!.indexOf(opening[1]);
    const to = offsetOfLine(lines, start) + lines[start]!.length;
    return { from, to, insert: `${opening[2] ?? ""}\n${indented(block, 2).join("\n")}`, line: start + 2 };
  }
  let last = start;
  let depth = 0;
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (isBlank(line)) continue;
    if (indent(line) === 0) break;
    if (depth === 0) depth = indent(line);
    last = index;
  }
  const at = offsetOfLine(lines, last) + lines[last]!.length;
  const gap = last === start ? "\n" : "\n\n";
  const added = gap + indented(block, depth || 2).join("\n");
  return { from: at, to: at, insert: at === text.length ? `${added}\n` : added, line: last + 1 + gap.length };
}
