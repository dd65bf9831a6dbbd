/** The borders between panes: dragged, or moved by arrow keys. Their places are kept in the browser. */
import { remember, remembered } from "../look/storage";

const STORED = "telemap-splits";
const LEAST = 20;
const MOST = 72;
const STEP = 2;

type Name = "a" | "b" | "c";

function stored(): Partial<Record<Name, number>> {
  try {
    return JSON.parse(remembered(STORED) ?? "{}") as Partial<Record<Name, number>>;
  } catch {
    return {};
  }
}

/** Sets up the borders; in two columns, the first is between mapping and events, one above the other. */
export function makeSplits(bench: HTMLElement, first: HTMLElement, second: HTMLElement): void {
  const wide = matchMedia("(min-width: 1200px)");
  const sizes = stored();

  // Wide: a and b are the widths of the first and the second column. Otherwise: wa is the width of the first column, c the height of the mapping.
  const nameOf = (split: HTMLElement): Name => (wide.matches ? (split === first ? "a" : "b") : split === first ? "c" : "a");
  const defaults: Record<Name, number> = { a: 34, b: 31, c: 52 };
  const keyOf = (name: Name): Name | "wa" => (!wide.matches && name === "a" ? "wa" : name);
  const all = sizes as Partial<Record<Name | "wa", number>>;

  /** The most that leaves room for the others, in per cent. */
  function most(name: Name): number {
    if (!wide.matches || name === "c") return MOST;
    return name === "a" ? 100 - 2 * LEAST : 100 - LEAST - size("a");
  }

  function size(name: Name): number {
    const wanted = all[keyOf(name)] ?? (keyOf(name) === "wa" ? 50 : defaults[name]);
    return Math.max(LEAST, Math.min(most(name), wanted));
  }

  function draw(): void {
    for (const name of ["a", "b", "c"] as const) bench.style.setProperty(`--${name}`, `${size(name)}%`);
    for (const split of [first, second]) {
      split.setAttribute("role", "separator");
      split.setAttribute("aria-orientation", !wide.matches && split === first ? "horizontal" : "vertical");
      split.setAttribute("aria-label", wide.matches ? (split === first ? "Width of the mapping" : "Width of the events") : split === first ? "Height of the mapping" : "Width of the editors");
      split.setAttribute("aria-valuemin", String(LEAST));
      split.setAttribute("aria-valuemax", String(Math.round(most(nameOf(split)))));
      split.setAttribute("aria-valuenow", String(Math.round(size(nameOf(split)))));
    }
  }

  function set(name: Name, value: number): void {
    all[keyOf(name)] = Math.max(LEAST, Math.min(most(name), value));
    draw();
  }

  const keep = (): void => remember(STORED, JSON.stringify(all));

  for (const split of [first, second]) {
    split.addEventListener("pointerdown", (event) => {
      split.setPointerCapture(event.pointerId);
      split.classList.add("dragging");
      event.preventDefault();
    });
    split.addEventListener("pointermove", (event) => {
      if (!split.hasPointerCapture(event.pointerId)) return;
      const box = bench.getBoundingClientRect();
      const name = nameOf(split);
      const along = name === "c" ? ((event.clientY - box.top) / box.height) * 100 : ((event.clientX - box.left) / box.width) * 100;
      set(name, name === "b" ? along - size("a") : along);
    });
    split.addEventListener("pointerup", () => {
      split.classList.remove("dragging");
      keep();
    });
    split.addEventListener("dblclick", () => {
      delete all[keyOf(nameOf(split))];
      draw();
      keep();
    });
    split.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP, ArrowUp: -STEP, ArrowRight: STEP, ArrowDown: STEP, Home: -100, End: 100 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      set(nameOf(split), size(nameOf(split)) + step);
      keep();
    });
  }
  wide.addEventListener("change", draw);
  draw();
}
