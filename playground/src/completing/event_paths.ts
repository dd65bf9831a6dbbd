/** Paths of the events beside the mapping, for the rule that is being written. */
import type { EventPath, Paths } from "../answers";
import type { Path, Scan } from "../text/yaml_tokens";

const KEYS_OF_RULES = new Set(["from", "parse", "each"]);

/** What a rule says of the events that it reads: its own keys, or those of the metric or the group around it. */
export interface Rule {
  from: string[];
  /** Such as "json"; null without `parse`, or if it is more than a word. */
  parse: string | null;
  each: string | null;
}

const startsWith = (path: Path, prefix: Path): boolean => prefix.every((part, index) => path[index] === part);

/** Returns what the rule at a path reads. */
export function ruleAt(scan: Scan, text: string, path: Path): Rule {
  const rule: Rule = { from: [], parse: null, each: null };
  for (let length = path.length; length >= 0; length -= 1) {
    const block = path.slice(0, length);
    const found = scan.tokens.filter((token) => token.kind === "scalar" && startsWith(token.path, block) && KEYS_OF_RULES.has(String(token.path[length])));
    for (const token of found) {
      const value = text.slice(token.from, token.to).replace(/^(["'])(.*)\1$/s, "$2");
      const key = token.path[length];
      const isWhole = token.path.length === length + 1;
      if (key === "from" && (isWhole || typeof token.path[length + 1] === "number") && (rule.from.length === 0 || length === rule.from.length)) rule.from.push(value);
      if (key === "parse" && rule.parse === null && (isWhole || token.path[length + 1] === "as")) rule.parse = value;
      if (key === "each" && rule.each === null && isWhole) rule.each = value;
    }
    if (rule.from.length > 0 && length <= 2) break;
  }
  return rule;
}

function matches(pattern: string, type: string): boolean {
  if (!pattern.includes("*")) return pattern === type;
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(type);
}

/** Returns the paths that events have which the rule reads, most frequent first; within `each`, also those that begin at the item. */
export function pathsFor(paths: Paths, rule: Rule): EventPath[] {
  const types = Object.entries(paths.types).filter(([type]) => rule.from.length === 0 || rule.from.some((pattern) => matches(pattern, type)));
  const found = new Map<string, EventPath>();
  for (const one of types.flatMap(([, list]) => list)) {
    const isRead = one.form === null || one.form === rule.parse;
    const known = found.get(one.path);
    if (isRead) found.set(one.path, known === undefined ? one : { ...known, events: known.events + one.events });
  }
  const all = [...found.values()];
  if (rule.each === null) return all;
  const items = all.filter((one) => one.path.startsWith(`${rule.each}.`)).map((one) => ({ ...one, path: one.path.slice(rule.each!.length) }));
  return [...items, ...all];
}
