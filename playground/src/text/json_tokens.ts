/** The tokens of one line of JSON, for colours: the line may begin or end anywhere in a document, and need not be valid. */

export type Kind = "key" | "string" | "number" | "word" | "mark";

export interface Token {
  from: number;
  to: number;
  kind: Kind;
}

const TOKEN = /"(?:[^"\\]|\\.)*"?|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null|[{}[\],:]/gy;
const SPACE = /\s+/gy;

function kindOf(text: string, line: string, end: number): Kind {
  const first = text[0]!;
  if (first === '"') return /^\s*:/.test(line.slice(end, end + 8)) ? "key" : "string";
  if (first === "-" || (first >= "0" && first <= "9")) return "number";
  return /[a-z]/.test(first) ? "word" : "mark";
}

/** Returns the tokens of `line` up to `limit` characters. What is no JSON is skipped character by character. */
export function jsonTokens(line: string, limit = line.length): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < limit; ) {
    SPACE.lastIndex = at;
    if (SPACE.test(line)) {
      at = SPACE.lastIndex;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(line);
    if (match === null) {
      at += 1;
      continue;
    }
    const to = at + match[0].length;
    tokens.push({ from: at, to, kind: kindOf(match[0], line, to) });
    at = to;
  }
  return tokens;
}

export interface Envelope {
  /** The clock time, such as 08:14:00, and the characters that it stands for. */
  clock: string;
  opening: [number, number];
  type: [number, number];
  /** From the end of the type to the beginning of the record, and the closing brace: null if the line is not a whole event. */
  record: [number, number] | null;
  closing: [number, number] | null;
}

const OPENING = /^\s*\{\s*"time"\s*:\s*"\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)[^"]*"\s*,\s*"type"\s*:\s*(?="[^"\\]*")/;
const RECORD = /\s*,\s*"record"\s*:\s*/y;

/** Returns where an event on one line has time, type and record, if it begins with time and type. */
export function envelope(line: string): Envelope | null {
  const opening = OPENING.exec(line);
  if (opening === null) return null;
  const from = opening[0].length;
  const to = line.indexOf('"', from + 1) + 1;
  RECORD.lastIndex = to;
  const record = RECORD.exec(line);
  const end = line.trimEnd();
  const isWhole = record !== null && /\}\s*,?$/.test(line);
  const brace = end.lastIndexOf("}");
  return {
    clock: opening[1]!,
    opening: [0, from],
    type: [from, to],
    record: isWhole ? [to, RECORD.lastIndex] : null,
    closing: isWhole && brace > RECORD.lastIndex ? [brace, brace + 1] : null,
  };
}
