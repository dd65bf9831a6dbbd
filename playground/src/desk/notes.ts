/** Notes above an editor: what has happened to its text, and what can be done about it. */
import { button } from "../look/controls";
import { announce } from "../look/dialog";
import { el, keepFocus } from "../look/dom";

export interface NoteAction {
  text: string;
  run: () => unknown;
}

/** Shows a note; one of the same `kind` is replaced. Each action, and closing, removes it. Returns a function that removes it. */
export function showNote(holder: HTMLElement, kind: string, tone: "info" | "warn" | "bad", text: string, actions: readonly NoteAction[] = []): () => void {
  const remove = (): void => removeNote(note);
  const note = el(
    "div",
    { class: `note ${tone}`, "data-kind": kind, role: "group", "aria-label": "Note" },
    el("p", {}, text),
    ...actions.map(({ text: label, run }) =>
      button(label, () => {
        remove();
        run();
      }, { class: "small" }),
    ),
    button("Close the note", remove, { icon: "close", iconOnly: true, class: "small plain" }),
  );
  const old = holder.querySelector(`[data-kind="${kind}"]`);
  if (old === null) holder.append(note);
  else {
    keepFocus(old, () => {
      old.replaceWith(note);
      return note;
    });
  }
  announce(text);
  return remove;
}

export function hideNote(holder: HTMLElement, kind: string): void {
  const note = holder.querySelector(`[data-kind="${kind}"]`);
  if (note !== null) removeNote(note);
}

/** Removes a note; who has reached it by the keyboard goes on in the editor below. */
function removeNote(note: Element): void {
  const isFocused = note.querySelector(":focus-visible") !== null;
  const editor = note.parentElement?.parentElement?.querySelector(".editor-host")?.shadowRoot?.querySelector<HTMLElement>(".cm-content");
  note.remove();
  if (isFocused) editor?.focus();
}
