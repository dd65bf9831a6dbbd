/** How deep the blocks of a YAML text are indented. */

/** Where nothing tells otherwise. */
const USUAL = 2;

export const indent = (line: string): number => /^ */.exec(line)![0].length;
export const isBlank = (line: string): boolean => /^\s*(#.*)?$/.test(line);

/** Returns how many spaces deeper a block is than its key, by the first one. A list item tells nothing: its keys stand behind the dash. */
export function indentationOf(lines: Iterable<string>): number {
  let isItem = false;
  for (const line of lines) {
    if (isBlank(line)) continue;
    const spaces = indent(line);
    if (spaces === 0) isItem = line.startsWith("-");
    else if (!isItem) return spaces;
  }
  return USUAL;
}

/**
 * Returns the lines of a block with another indentation.
 *
 * @param block indented by two spaces for each level
 * @param first the spaces of its first level
 * @param step the spaces of each further one
 */
export function indented(block: string, first: number, step: number): string[] {
  const levels = [{ from: 0, to: first - step }];
  return block.replace(/\n+$/, "").split("\n").map((line) => {
    if (line === "") return "";
    const from = indent(line);
    while (levels.length > 1 && levels.at(-1)!.from > from) levels.pop();
    if (levels.at(-1)!.from < from) levels.push({ from, to: levels.at(-1)!.to + step });
    const { to } = levels.at(-1)!;
    // The keys of a list item stand behind its dash, whatever the step is.
    if (line.startsWith("- ", from)) levels.push({ from: from + 2, to: to + 2 });
    return " ".repeat(to) + line.slice(from);
  });
}
