/** Dialogs and short messages. */
import { button } from "./controls";
import { el, type Child } from "./dom";

/** Opens a modal dialog; it is removed when it is closed. Returns a function that closes it. */
export function openDialog(title: string, ...body: Child[]): () => void {
  const close = (): void => dialog.close();
  const id = `dialog-${crypto.randomUUID()}`;
  const dialog = el(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    el("header", { class: "dialog-head" }, el("h2", { id }, title), el("span", { class: "fill" }), button("Close", close, { icon: "close", iconOnly: true, class: "plain" })),
    el("div", { class: "dialog-body" }, ...body),
  );
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  return close;
}

const SHOWN_MS = 3200;

/** Shows a message for a moment, and tells it to screen readers. */
export function toast(message: string): void {
  let holder = document.querySelector<HTMLElement>(".toasts");
  if (holder === null) {
    holder = el("div", { class: "toasts" });
    document.body.append(holder);
  }
  const shown = el("div", { class: "toast", "aria-hidden": "true" }, message);
  holder.replaceChildren(shown);
  announce(message);
  setTimeout(() => shown.remove(), SHOWN_MS);
}

/** Tells screen readers. */
export function announce(message: string): void {
  const live = document.getElementById("live");
  if (live !== null && live.textContent !== message) live.textContent = message;
}

/** A menu below its button: arrows move, Escape closes. */
export function menu(opener: HTMLButtonElement, name: string, entries: () => HTMLElement[]): void {
  const list = el("div", { class: "menu", role: "menu", "aria-label": name, popover: "auto" });
  document.body.append(list);
  opener.setAttribute("aria-haspopup", "menu");
  opener.setAttribute("aria-expanded", "false");
  opener.addEventListener("click", () => {
    if (list.matches(":popover-open")) {
      list.hidePopover();
      return;
    }
    list.replaceChildren(...entries());
    for (const entry of list.children) {
      entry.setAttribute("role", "menuitem");
      (entry as HTMLElement).tabIndex = -1;
    }
    list.showPopover();
    const box = opener.getBoundingClientRect();
    list.style.top = `${box.bottom + 4}px`;
    list.style.right = `${Math.max(8, innerWidth - box.right)}px`;
    (list.firstElementChild as HTMLElement | null)?.focus();
  });
  list.addEventListener("toggle", () => opener.setAttribute("aria-expanded", String(list.matches(":popover-open"))));
  // Before what the entry does: a dialog gives the focus back to what has it now.
  list.addEventListener("click", () => list.hidePopover(), true);
  list.addEventListener("keydown", (event) => {
    const all = [...list.children] as HTMLElement[];
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === "Tab") list.hidePopover();
    if (next === undefined) return;
    event.preventDefault();
    all.at(next % all.length)?.focus();
  });
}
