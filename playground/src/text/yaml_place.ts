/** What can be written at a place of a mapping. */
import { scanYaml, type Flow, type Path, type Scan, type Token } from "./yaml_tokens";

export interface Place {
  /** "key": a key of the mapping at `path`. "value": the scalar at `path`. "either": `path` has nothing yet, so both may come. */
  role: "key" | "value" | "either";
  path: Path;
  /** What is there already, to be replaced. */
  from: number;
  to: number;
  /** Keys that the mapping has. */
  siblings: ReadonlySet<string>;
  /** Whether it is in braces or brackets. */
  isFlow: boolean;
  scan: Scan;
}

const same = (one: Path, other: Path): boolean => one.length === other.length && one.every((part, index) => part === other[index]);

/** Returns the keys of the mapping at `path`, except the one that begins at `except`. */
function keysOf(scan: Scan, path: Path, except: number): Set<string> {
  const keys = new Set<string>();
  for (const token of scan.tokens) {
    if (token.kind === "key" && token.from !== except && token.path.length === path.length + 1 && same(token.path.slice(0, -1), path)) keys.add(String(token.path.at(-1)));
  }
  return keys;
}

const innermost = (flows: readonly Flow[], at: number): Flow | undefined =>
  flows.filter((flow) => flow.from < at && (flow.isClosed ? at < flow.to : at <= flow.to)).at(-1);

/** Returns what can be written at an offset; null in comments and block scalars. */
export function placeAt(text: string, at: number): Place | null {
  const scan = scanYaml(text);
  if (scan.opaque.some(([from, to]) => from < at && at <= to)) return null;
  const token = scan.tokens.find((one) => one.from <= at && at <= one.to);
  if (token !== undefined) return ofToken(scan, token);
  const flow = innermost(scan.flows, at);
  return flow === undefined ? ofBlock(text, scan, at) : ofFlow(text, scan, flow, at);
}

function ofToken(scan: Scan, token: Token): Place {
  const { from, to, path } = token;
  const isFlow = token.indent === -1 && scan.flows.some((flow) => flow.from < from && to <= flow.to);
  if (token.kind === "key") {
    const parent = path.slice(0, -1);
    return { role: "key", path: parent, from, to, siblings: keysOf(scan, parent, from), isFlow, scan };
  }
  const siblings = keysOf(scan, path, from);
  const role = token.indent === -1 ? "value" : siblings.size > 0 ? "key" : "either";
  return { role, path, from, to, siblings, isFlow, scan };
}

function ofFlow(text: string, scan: Scan, flow: Flow, at: number): Place {
  const before = text.slice(flow.from, at).trimEnd();
  const nothing = { from: at, to: at, isFlow: true, scan };
  const last = scan.tokens.filter((token) => token.from > flow.from && token.to <= at).at(-1);
  if (before.endsWith(":") && last?.kind === "key") return { role: "value", path: last.path, siblings: new Set(), ...nothing };
  if (flow.kind === "[") {
    const items = scan.tokens.filter((token) => token.from > flow.from && token.to <= at && token.path.length > flow.path.length).map((token) => Number(token.path[flow.path.length]));
    return { role: "value", path: [...flow.path, items.length === 0 ? 0 : Math.max(...items) + 1], siblings: new Set(), ...nothing };
  }
  return { role: "key", path: flow.path, siblings: keysOf(scan, flow.path, -1), ...nothing };
}

function ofBlock(text: string, scan: Scan, at: number): Place {
  const start = text.lastIndexOf("\n", at - 1) + 1;
  const line = text.slice(start, at);
  const nothing = { from: at, to: at, isFlow: false, scan };
  const key = scan.tokens.filter((token) => token.kind === "key" && token.from >= start && token.to < at).at(-1);
  if (key !== undefined) return { role: "value", path: key.path, siblings: new Set(), ...nothing };
  const dashes = /^ *((?:- *)*)/.exec(line)!;
  const column = dashes[0].length;
  const path = parentOf(text, scan, start, dashes[1] === "" ? column : dashes[0].indexOf("-"), dashes[1] !== "");
  const own: Path = dashes[1] === "" ? path : [...path, nextItem(scan, path, start)];
  const siblings = keysOf(scan, own, -1);
  return { role: siblings.size > 0 ? "key" : "either", path: own, siblings, ...nothing };
}

function nextItem(scan: Scan, path: Path, before: number): number {
  const items = scan.tokens.filter((token) => token.from < before && token.path.length > path.length && same(token.path.slice(0, path.length), path));
  const last = items.at(-1)?.path[path.length];
  return typeof last === "number" ? last + 1 : 0;
}

/** Returns the path of the block that a new line at `column` belongs to. */
function parentOf(text: string, scan: Scan, start: number, column: number, isItem: boolean): Path {
  const before = scan.tokens.filter((token) => token.kind === "key" && token.from < start && token.indent >= 0);
  for (const token of before.reverse()) {
    const line = text.slice(text.lastIndexOf("\n", token.from - 1) + 1, token.from);
    const dash = line.indexOf("-");
    const first = dash === -1 ? token.indent : dash;
    if (token.indent < column || (isItem && token.indent === column)) return token.path;
    if (token.indent === column) return token.path.slice(0, -1);
    if (first < column && dash !== -1) return token.path.slice(0, -1);
  }
  return [];
}
