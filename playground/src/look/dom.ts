/** Small helpers to build elements. Text is always set as text, never parsed as HTML. */

export type Child = Node | string | number | null | undefined | false;
type Listener = (event: never) => void;

export interface Attributes {
  class?: string;
  on?: Record<string, Listener>;
  [attribute: string]: string | number | boolean | null | undefined | Record<string, Listener>;
}

function decorate(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value as Record<string, Listener>)) {
        element.addEventListener(event, listener as unknown as EventListener);
      }
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function fill(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(typeof child === "number" ? String(child) : child);
  }
}

/** Returns a new HTML element with these attributes, listeners (`on`) and children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  decorate(element, attributes);
  fill(element, children);
  return element;
}

/** Returns a new SVG element. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  decorate(element, attributes);
  fill(element, children);
  return element;
}

/** Returns the element of the page with this id; the page is wrong without it. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** Replaces all children. */
export function replace(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  fill(element, children);
}

interface Drawn {
  key: string;
  data: string;
  element: HTMLElement;
}

/** Returns where an element is in another: the index of each child on the way. */
function pathIn(ancestor: Element, element: Element): number[] {
  const path: number[] = [];
  for (let at = element; at !== ancestor; at = at.parentElement!) path.unshift([...at.parentElement!.children].indexOf(at));
  return path;
}

/** Calls `change`, which replaces `before` by what it returns, and keeps the focus at the same place if it was inside. */
export function keepFocus(before: Element, change: () => Element): void {
  const focused = document.activeElement;
  const path = focused !== null && focused !== before && before.contains(focused) ? pathIn(before, focused) : null;
  const after = change();
  if (path === null || focused!.isConnected) return;
  let at: Element | undefined = after;
  for (const index of path) at = at?.children[index] ?? undefined;
  if (at instanceof HTMLElement) at.focus({ preventScroll: true });
}

/** Moves the focus to one of the elements that match, below the child of a list that has a name. */
export function focusWithin(list: Element, name: string, selector: string, index: number): void {
  const child = [...list.children].find((one) => one.getAttribute("aria-label") === name);
  child?.querySelectorAll<HTMLElement>(selector)[index]?.focus();
}

const drawn = new WeakMap<Element, Drawn[]>();

/**
 * Makes the children of `list` those that `draw` returns for `items`, and keeps the elements of items that are the same as last time: so focus,
 * selection and scrolling stay. `data` is what an element shows, as text to compare.
 */
export function drawList<T>(
  list: Element,
  items: readonly T[],
  key: (item: T) => string,
  data: (item: T) => string,
  draw: (item: T) => HTMLElement,
): void {
  const before = new Map((drawn.get(list) ?? []).map((one) => [one.key, one]));
  const after: Drawn[] = items.map((item) => {
    const old = before.get(key(item));
    const text = data(item);
    return old !== undefined && old.data === text ? old : { key: key(item), data: text, element: draw(item) };
  });
  const renewed = after.flatMap((one) => {
    const old = before.get(one.key)?.element;
    return old === undefined || old === one.element ? [] : [[old, one.element] as const];
  });
  for (const [old, element] of renewed) {
    keepFocus(old, () => {
      old.replaceWith(element);
      return element;
    });
  }
  const kept = new Set(after.map((one) => one.element));
  for (const child of [...list.children]) if (!kept.has(child as HTMLElement)) child.remove();
  after.forEach((one, index) => {
    const there = list.children[index];
    if (there !== one.element) list.insertBefore(one.element, there ?? null);
  });
  drawn.set(list, after);
}

/** Returns text whose names and series may be broken behind underscores, commas and braces, as children. */
export function breakable(text: string): Child[] {
  return text.split(/(?<=[_,{])(?=[^\s_])/).flatMap((part, index): Child[] => (index === 0 ? [part] : [el("wbr"), part]));
}

/** Returns "1 series", "2 series", "1 event", "3 events": a number with its noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
