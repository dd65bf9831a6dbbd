/** Light or dark: what the system says, until the reader chooses. */
import { remember, remembered } from "./storage";

const STORED = "telemap-theme";
type Theme = "light" | "dark";

const system = matchMedia("(prefers-color-scheme: dark)");

function chosen(): Theme | null {
  const value = remembered(STORED);
  return value === "light" || value === "dark" ? value : null;
}

export const theme = (): Theme => chosen() ?? (system.matches ? "dark" : "light");

function apply(): void {
  const value = chosen();
  if (value === null) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = value;
}

/** Applies what was remembered. */
export const applyTheme = apply;

/** Calls `changed` when the system's choice changes. */
export function onSystemTheme(changed: () => void): void {
  system.addEventListener("change", changed);
}

/** Changes to the other, and remembers that unless it is the system's. */
export function toggleTheme(): void {
  const next = theme() === "dark" ? "light" : "dark";
  if (next === (system.matches ? "dark" : "light")) remember(STORED, null);
  else remember(STORED, next);
  apply();
}
