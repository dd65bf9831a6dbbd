/** Numbers and times for people. */
import type { Numeral } from "../answers";

/** Returns a number as people write it; small ones as they are, rounded to six digits. */
export function plain(value: Numeral | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  if (Number.isInteger(value)) return Math.abs(value) >= 1e15 ? value.toExponential(6) : value.toLocaleString("en");
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e12) return value.toExponential(4);
  return Number(value.toPrecision(size >= 1e5 ? 9 : 6)).toLocaleString("en", { maximumFractionDigits: 9 });
}

const BYTES = ["B", "KiB", "MiB", "GiB", "TiB"];

function bytes(value: number): string | null {
  if (Math.abs(value) < 1024) return null;
  let power = 0;
  let left = value;
  while (Math.abs(left) >= 1024 && power < BYTES.length - 1) {
    left /= 1024;
    power += 1;
  }
  return `${Number(left.toPrecision(4))} ${BYTES[power]}`;
}

function seconds(value: number): string | null {
  const size = Math.abs(value);
  if (size === 0) return null;
  if (size < 1e-3) return `${Number((value * 1e6).toPrecision(4))} µs`;
  if (size < 1) return `${Number((value * 1e3).toPrecision(4))} ms`;
  if (size < 120) return null;
  if (size < 7200) return `${Number((value / 60).toPrecision(3))} min`;
  return `${Number((value / 3600).toPrecision(3))} h`;
}

/** Returns a value in a unit that is easier to read, by the ending of the metric's name: "122 MiB", "413 ms"; null if there is none. */
export function friendly(name: string, value: Numeral | undefined): string | null {
  if (typeof value !== "number") return null;
  const base = name.replace(/_total$/, "");
  if (base.endsWith("_bytes")) return bytes(value);
  if (base.endsWith("_seconds")) return seconds(value);
  return null;
}

/** Returns a value in the unit that is easiest to read, with its name if the metric's name tells it. */
export function withUnit(name: string, value: number): string {
  const unit = { bytes: " B", seconds: " s" }[/_(bytes|seconds)(?:_total)?$/.exec(name)?.[1] ?? ""] ?? "";
  return friendly(name, value) ?? plain(value) + unit;
}

/** Returns hours and minutes. */
export function timeOfDay(time: Date): string {
  return time.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hour12: false });
}
