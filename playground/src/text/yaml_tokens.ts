/**
 * The keys and scalars of YAML as far as mappings need it, each with its path. It takes text that is being written: what is not closed ends where the next
 * block begins, and a word without a colon is a scalar where a key may come.
 */

export type Path = readonly (string | number)[];

export interface Token {
  /** A key of a mapping; the path ends with it. Or a scalar: the path is that of its node. */
  kind: "key" | "scalar";
  path: Path;
  /** UTF-16 offsets, without what is around it. */
  from: number;
  to: number;
  /** The column from 0 of a block's key or item; -1 in braces and brackets. */
  indent: number;
}

/** Braces or brackets. */
export interface Flow {
  kind: "{" | "[";
  path: Path;
  from: number;
  /** Behind the closing bracket; where it is not closed, the end of what was scanned. */
  to: number;
  isClosed: boolean;
}

export interface Scan {
  tokens: Token[];
  flows: Flow[];
  /** Comments and block scalars: nothing is completed there. */
  opaque: [from: number, to: number][];
}

interface Level {
  indent: number;
  path: Path;
  isItem: boolean;
  items: number;
}

const KEY = /^("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#,[\]{}"'&*!|>%@`-][^#:\n]*?|-[^\s#:][^#:\n]*?)\s*:(?=\s|$)/;

const unquoted = (text: string): string => (/^(".*"|'.*')$/s.test(text) ? text.slice(1, -1) : text);

/** Scans braces or brackets that begin at `at`; returns the offset behind them. */
function scanFlow(text: string, at: number, path: Path, floor: number, scan: Scan): number {
  const kind = text[at] as "{" | "[";
  const flow: Flow = { kind, path, from: at, to: text.length, isClosed: false };
  scan.flows.push(flow);
  let key: string | null = null;
  let item = 0;
  let next = at + 1;
  const here = (): Path => (kind === "[" ? [...path, item] : key === null ? path : [...path, key]);
  while (next < text.length) {
    const character = text[next]!;
    if (character === "\n") {
      const line = /^( *)(\S[^\n]*)?/.exec(text.slice(next + 1, next + 400))!;
      const isNewBlock = line[2] !== undefined && line[1]!.length <= floor && (KEY.test(line[2]) || line[2].startsWith("- ")) && !/^[\]}]/.test(line[2]);
      if (isNewBlock) break;
      next += 1;
    } else if (character === " " || character === "\t" || character === "\r") next += 1;
    else if (character === "#" && /\s/.test(text[next - 1]!)) {
      const end = text.indexOf("\n", next);
      scan.opaque.push([next, end === -1 ? text.length : end]);
      next = end === -1 ? text.length : end;
    } else if (character === "}" || character === "]") {
      flow.to = next + 1;
      flow.isClosed = true;
      return flow.to;
    } else if (character === ",") {
      key = null;
      item += 1;
      next += 1;
    } else if (character === ":" && kind === "{") next += 1;
    else if (character === "{" || character === "[") next = scanFlow(text, next, here(), floor, scan);
    else {
      const word = /^("(?:[^"\\\n]|\\.)*"?|'(?:[^'\n]|'')*'?|(?:[^\s,[\]{}#:]|:(?=[^\s,[\]{}])|[ \t]+(?=[^\s,[\]{}#:])|(?<=\S)#)+|[\s\S])/.exec(text.slice(next, next + 2000))![0].trimEnd();
      const to = next + Math.max(1, word.length);
      if (kind === "{" && key === null) {
        key = unquoted(word);
        scan.tokens.push({ kind: "key", path: [...path, key], from: next, to, indent: -1 });
      } else scan.tokens.push({ kind: "scalar", path: here(), from: next, to, indent: -1 });
      next = to;
    }
  }
  flow.to = next;
  return next;
}

/** Returns the keys and scalars of `text`, in order. */
export function scanYaml(text: string): Scan {
  const scan: Scan = { tokens: [], flows: [], opaque: [] };
  const levels: Level[] = [{ indent: -1, path: [], isItem: false, items: 0 }];
  let at = 0;
  while (at < text.length) {
    const end = text.indexOf("\n", at) === -1 ? text.length : text.indexOf("\n", at);
    at = scanLine(text, at, end, levels, scan);
  }
  return scan;
}

/** Scans a line of a block, and what its value goes on with; returns where the next line begins. */
function scanLine(text: string, start: number, end: number, levels: Level[], scan: Scan): number {
  let at = start;
  while (at < end && text[at] === " ") at += 1;
  let rest = text.slice(at, end);
  if (rest.trim() === "" || rest.startsWith("#") || /^(---|\.\.\.|%)/.test(rest)) {
    if (rest.startsWith("#")) scan.opaque.push([at, end]);
    return end + 1;
  }
  let indent = at - start;
  const isItem = /^-(\s|$)/.test(rest);
  while (levels.length > 1) {
    const top = levels.at(-1)!;
    if (top.indent > indent || (top.indent === indent && (top.isItem || !isItem))) levels.pop();
    else break;
  }
  for (let dash = /^-(\s+|$)/.exec(rest); dash !== null; dash = /^-(\s+|$)/.exec(rest)) {
    const parent = levels.at(-1)!;
    levels.push({ indent, path: [...parent.path, parent.items], isItem: true, items: 0 });
    parent.items += 1;
    indent += dash[0].length;
    at += dash[0].length;
    rest = text.slice(at, end);
  }
  const key = KEY.exec(rest);
  let { path } = levels.at(-1)!;
  const floor = indent;
  if (key !== null) {
    const name = key[1]!;
    path = [...path, unquoted(name)];
    scan.tokens.push({ kind: "key", path, from: at, to: at + name.length, indent });
    levels.push({ indent, path, isItem: false, items: 0 });
    at += key[0].length;
    while (at < end && text[at] === " ") at += 1;
  }
  return scanValue(text, at, end, { path, indent: key === null ? indent : -1, floor }, scan);
}

function scanValue(text: string, from: number, end: number, node: { path: Path; indent: number; floor: number }, scan: Scan): number {
  const rest = text.slice(from, end);
  if (rest === "" || rest.startsWith("#")) {
    if (rest !== "") scan.opaque.push([from, end]);
    return end + 1;
  }
  if (rest[0] === "{" || rest[0] === "[") {
    const after = scanFlow(text, from, node.path, node.floor, scan);
    const line = text.indexOf("\n", after);
    return line === -1 ? text.length : line + 1;
  }
  if (/^[|>][-+0-9]*\s*(#.*)?$/.test(rest)) {
    let next = end + 1;
    while (next < text.length) {
      const stop = text.indexOf("\n", next) === -1 ? text.length : text.indexOf("\n", next);
      const line = text.slice(next, stop);
      if (line.trim() !== "" && /^ */.exec(line)![0].length <= node.floor) break;
      next = stop + 1;
    }
    scan.opaque.push([from, Math.min(next, text.length)]);
    return next;
  }
  const comment = /\s#/.exec(rest);
  const length = (comment === null ? rest : rest.slice(0, comment.index)).trimEnd().length;
  scan.tokens.push({ kind: "scalar", path: node.path, from, to: from + length, indent: node.indent });
  if (comment !== null) scan.opaque.push([from + comment.index + 1, end]);
  return end + 1;
}
