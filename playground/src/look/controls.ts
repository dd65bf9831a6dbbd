/** Buttons and what else is clicked. */
import { el } from "./dom";
import { icon, type Icon } from "./icons";

interface ButtonOptions {
  icon?: Icon;
  /** Only the icon is seen; the text is its name. */
  iconOnly?: boolean;
  class?: string;
  title?: string;
}

export function button(text: string, click: (event: MouseEvent) => void, options: ButtonOptions = {}): HTMLButtonElement {
  const { iconOnly = false } = options;
  return el(
    "button",
    {
      type: "button",
      class: `button ${iconOnly ? "icon" : ""} ${options.class ?? ""}`,
      title: options.title ?? (iconOnly ? text : null),
      "aria-label": iconOnly ? text : null,
      on: { click },
    },
    options.icon === undefined ? null : icon(options.icon),
    iconOnly ? null : text,
  );
}

/** A button that copies text, and says so. */
export function copyButton(name: string, text: () => string, told: (message: string) => void, options: ButtonOptions = {}): HTMLButtonElement {
  const made = button(name, () => void copy(), { icon: "copy", ...options });
  async function copy(): Promise<void> {
    const isCopied = await copyText(text());
    told(isCopied ? "Copied" : "The browser does not let this page copy: select the text, and copy it.");
    if (!isCopied) return;
    const before = [...made.childNodes];
    made.replaceChildren(icon("check"), ...(options.iconOnly === true ? [] : ["Copied"]));
    setTimeout(() => made.replaceChildren(...before), 1400);
  }
  return made;
}

/** Returns whether the text is in the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** One of several choices, as radio buttons. */
export function radios<T extends string>(
  legend: string,
  choices: readonly (readonly [value: T, text: string])[],
  chosen: T,
  changed: (value: T) => void,
): HTMLElement {
  const name = `radios-${crypto.randomUUID()}`;
  const inputs = choices.map(([value, text]) =>
    el(
      "label",
      {},
      el("input", { type: "radio", name, value, checked: value === chosen, on: { change: () => changed(value) } }),
      el("span", {}, text),
    ),
  );
  return el("div", { class: "radios", role: "radiogroup", "aria-label": legend }, ...inputs);
}

/** Lets arrows, Home and End move the focus among the elements of `list` that match `selector`; only one of them is in the order of Tab. */
export function rove(list: HTMLElement, selector: string, keys: "horizontal" | "vertical"): void {
  const [back, forth] = keys === "horizontal" ? ["ArrowLeft", "ArrowRight"] : ["ArrowUp", "ArrowDown"];
  list.addEventListener("keydown", (event) => {
    const all = [...list.querySelectorAll<HTMLElement>(selector)];
    const at = all.indexOf(event.target as HTMLElement);
    if (at === -1) return;
    const next = { [back!]: at - 1, [forth!]: at + 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length)?.focus();
  });
  list.addEventListener("focusin", (event) => {
    for (const one of list.querySelectorAll<HTMLElement>(selector)) one.tabIndex = one === event.target ? 0 : -1;
  });
}
