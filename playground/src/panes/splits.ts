/** The borders between panes: dragged, or moved by arrow keys. Their places are kept in the browser. */
import { remember, remembered } from "../look/storage";

const STORED = "telemap-splits";
const STEP = 2;
/** What panes keep when there is less room, in CSS pixels. */
const LEAST = { editor: 300, results: 380, height: 120 };
const BORDER = 8;

/** Wide: a and b are the widths of the first and the second column. Otherwise: wa is the width of the first column, c the height of the mapping. */
const DEFAULTS = { a: 34, b: 31, wa: 50, c: 52 };
type Name = keyof typeof DEFAULTS;

/** All in CSS pixels. */
interface Room {
  all: number;
  /** Of each pane but the last. */
  least: number;
  /** Of the last pane, with the borders. */
  last: number;
}

function stored(): Partial<Record<Name, number>> {
  try {
    const kept = Object.entries((JSON.parse(remembered(STORED) ?? "{}") ?? {}) as Record<string, unknown>);
    return Object.fromEntries(kept.filter(([, size]) => typeof size === "number")) as Partial<Record<Name, number>>;
  } catch {
    return {};
  }
}

/** Returns the sizes of the panes before the last one, in percent: as wanted, as far as all panes keep their least. The first come first. */
export function fitted(wanted: readonly number[], { all, least, last }: Room): number[] {
  const share = (pixels: number): number => (pixels / all) * 100;
  let left = 100 - share(last);
  return wanted.map((size, index) => {
    const most = left - share(least) * (wanted.length - 1 - index);
    const fits = Math.max(share(least), Math.min(most, size));
    left -= fits;
    return fits;
  });
}

/** Sets up the borders; in two columns, the first is between mapping and events, one above the other. */
export function makeSplits(bench: HTMLElement, first: HTMLElement, second: HTMLElement): void {
  const wide = matchMedia("(min-width: 1200px)");
  const sizes = stored();

  const nameOf = (split: HTMLElement): Name => (wide.matches ? (split === first ? "a" : "b") : split === first ? "c" : "wa");
  /** Returns the panes in a row with this one, but the last. */
  const rowOf = (name: Name): Name[] => (name === "a" || name === "b" ? ["a", "b"] : [name]);

  function roomOf(name: Name): Room {
    if (name === "c") return { all: bench.clientHeight - BORDER, least: LEAST.height, last: LEAST.height + BORDER };
    return { all: bench.clientWidth - 2 * BORDER, least: LEAST.editor, last: LEAST.results + rowOf(name).length * BORDER };
  }

  /** Returns the sizes that are shown of the panes in a row with this one. */
  function shown(name: Name): Partial<Record<Name, number>> {
    const row = rowOf(name);
    const fits = fitted(row.map((one) => sizes[one] ?? DEFAULTS[one]), roomOf(name));
    return Object.fromEntries(row.map((one, index) => [one, fits[index]]));
  }

  const size = (name: Name): number => shown(name)[name]!;

  /** Returns the least and the most of a pane, in percent, while those beside it, but the last, stay. */
  function limits(name: Name): [least: number, most: number] {
    const { all, least, last } = roomOf(name);
    const others = rowOf(name).reduce((sum, one) => (one === name ? sum : sum + size(one)), 0);
    return [(least / all) * 100, 100 - (last / all) * 100 - others];
  }

  function draw(): void {
    bench.style.setProperty("--a", `${size(wide.matches ? "a" : "wa")}%`);
    for (const name of ["b", "c"] as const) bench.style.setProperty(`--${name}`, `${size(name)}%`);
    for (const split of [first, second]) {
      const name = nameOf(split);
      const [least, most] = limits(name);
      split.setAttribute("role", "separator");
      split.setAttribute("aria-orientation", name === "c" ? "horizontal" : "vertical");
      split.setAttribute("aria-label", { a: "Width of the mapping", b: "Width of the events", c: "Height of the mapping", wa: "Width of the editors" }[name]);
      split.setAttribute("aria-valuemin", String(Math.round(least)));
      split.setAttribute("aria-valuemax", String(Math.round(most)));
      split.setAttribute("aria-valuenow", String(Math.round(size(name))));
    }
  }

  function set(name: Name, value: number): void {
    const [least, most] = limits(name);
    Object.assign(sizes, shown(name), { [name]: Math.max(least, Math.min(most, value)) });
    draw();
  }

  const keep = (): void => remember(STORED, JSON.stringify(sizes));

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
      delete sizes[nameOf(split)];
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
  new ResizeObserver(draw).observe(bench);
}
