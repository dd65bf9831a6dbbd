/** Where a metric goes in the text of a mapping. */
import { indent, indentationOf, indented, isBlank } from "./indentation";

export interface Insertion {
  /** UTF-16 offsets of what is replaced. */
  from: number;
  to: number;
  insert: string;
  /** The line, from 1, of the metric's name after the insertion. */
  line: number;
}

const METRICS = /^(["']?)metrics\1\s*:(?:\s+|$)/;

function offsetOfLine(lines: readonly string[], index: number): number {
  let offset = 0;
  for (let line = 0; line < index; line += 1) offset += lines[line]!.length + 1;
  return offset;
}

/**
 * Returns how to add a metric at the end of `metrics:` of `text`; `block` is YAML indented by two spaces. It takes the indentation of the metrics that are
 * there; an empty `metrics: {}` becomes a block; without `metrics:`, that is added at the end. null where metrics, or the whole mapping, are written in
 * braces: YAML has no way to put a block there.
 */
export function metricInsertion(text: string, block: string): Insertion | null {
  const lines = text.split("\n");
  const usual = indentationOf(lines);
  if (/^\s*\{/.test(lines.find((line) => !isBlank(line)) ?? "")) return null;
  const start = lines.findIndex((line) => METRICS.test(line));
  if (start === -1) {
    const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
    const added = `${gap}metrics:\n${indented(block, usual, usual).join("\n")}\n`;
    return { from: text.length, to: text.length, insert: added, line: lines.length + gap.length + 1 };
  }
  const key = METRICS.exec(lines[start]!)![0].length;
  const opening = /^(\{\s*\}|~|null|&\S+)?\s*(#.*)?$/.exec(lines[start]!.slice(key));
  if (opening === null) return null;
  if (opening[1] !== undefined && !opening[1].startsWith("&")) {
    const from = offsetOfLine(lines, start) + key;
    return { from, to: from + opening[0].length, insert: `${opening[2] ?? ""}\n${indented(block, usual, usual).join("\n")}`, line: start + 2 };
  }
  const { last, depth, step } = metricsBelow(lines, start);
  const at = offsetOfLine(lines, last) + lines[last]!.length;
  const gap = last === start ? "\n" : "\n\n";
  const added = gap + indented(block, depth ?? usual, step ?? usual).join("\n");
  return { from: at, to: at, insert: at === text.length ? `${added}\n` : added, line: last + 1 + gap.length };
}

/** Returns the index of the last line of the metrics, the spaces before their names, and how much deeper their keys are; null for what is not there. */
function metricsBelow(lines: readonly string[], start: number): { last: number; depth: number | null; step: number | null } {
  let last = start;
  let depth: number | null = null;
  let step: number | null = null;
  for (let index = start + 1; index < lines.length; index += 1) {
    const line = lines[index]!;
    if (isBlank(line)) continue;
    if (indent(line) === 0) break;
    if (depth === null) depth = indent(line);
    else if (step === null && indent(line) > depth) step = indent(line) - depth;
    last = index;
  }
  return { last, depth, step };
}
