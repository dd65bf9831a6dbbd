/** The mapping was changed on disk while it was edited here: what saving would change, and what to do. */
import { button } from "../look/controls";
import { openDialog } from "../look/dialog";
import { counted, el } from "../look/dom";
import { differingLines, type DiffLine } from "../text/difference";

export interface ConflictHands {
  /** Writes the text of the page over the file. */
  save: () => void;
  /** Takes the text of the file. */
  load: (theirs: string) => void;
}

const SIGNS: Record<DiffLine["kind"], string> = { same: "  ", gone: "- ", new: "+ ", gap: "" };

function lineOf({ kind, text }: DiffLine): HTMLElement {
  const shown = kind === "gap" ? `⋯ ${counted(Number(text), "line")} alike` : SIGNS[kind] + text;
  return el(kind === "gone" ? "del" : kind === "new" ? "ins" : "span", { class: `diff-line diff-${kind}` }, `${shown}\n`);
}

function comparison(theirs: string, mine: string): (Node | string)[] {
  const lines = differingLines(theirs, mine);
  const shown = (name: string, ...children: (Node | string)[]): Node => el("pre", { class: "dialog-text", tabindex: 0, role: "region", "aria-label": name }, ...children);
  if (lines === null) return [el("p", {}, "The version on disk:"), shown("The version on disk", theirs)];
  return [
    el("p", {}, "Saving yours takes lines with ", el("code", {}, "-"), " out of the file, and puts those with ", el("code", {}, "+"), " into it:"),
    shown("What saving changes", ...lines.map(lineOf)),
  ];
}

/** `theirs` is the text of the file; null if it was deleted. */
export function showConflict(name: string, theirs: string | null, mine: string, hands: ConflictHands): void {
  const act = (run: () => void) => (): void => {
    close();
    run();
  };
  const cancel = button("Cancel", () => close(), { class: "plain" });
  cancel.autofocus = true;
  const close = openDialog(
    "The file has changed on disk",
    el("p", {}, `${name} was ${theirs === null ? "deleted" : "changed by another program"} since it was opened. Nothing is written yet.`),
    ...(theirs === null ? [] : comparison(theirs, mine)),
    el(
      "div",
      { class: "dialog-foot" },
      button(theirs === null ? "Save mine again" : "Save mine over it", act(hands.save)),
      theirs === null ? null : button("Load theirs", act(() => hands.load(theirs))),
      cancel,
    ),
  );
}
