/** Lines and columns as telemap counts them (from 1, in code points) and offsets as JavaScript counts them (UTF-16 code units). */

/** Returns the UTF-16 offset in `line` of a column, counted from 1 in code points; never beyond the end of the line. */
export function offsetOfColumn(line: string, column: number): number {
  let offset = 0;
  for (let left = column - 1; left > 0 && offset < line.length; left -= 1) {
    offset += line.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}
