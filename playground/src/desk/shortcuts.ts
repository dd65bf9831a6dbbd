/** Keys that work everywhere on the page, and files that are dropped on it. */
import { showKeys } from "../panes/keys";
import { PANES, type Bench, type Pane } from "../state/model";

export interface ShortcutHands {
  save: () => void;
  focus: (pane: Pane) => void;
  step: (by: number) => void;
  open: (files: readonly File[]) => void;
}

export function listen(bench: Bench, hands: ShortcutHands): void {
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      hands.save();
    } else if (event.key === "F1") {
      event.preventDefault();
      if (document.querySelector("dialog[open]") === null) showKeys();
    } else if (event.altKey && !event.ctrlKey && /^Digit[123]$/.test(event.code)) {
      event.preventDefault();
      const pane = PANES[Number(event.code.slice(-1)) - 1]!;
      bench.set({ pane });
      hands.focus(pane);
    }
  });
  document.getElementById("results-pane")?.addEventListener("keydown", (event) => {
    if (bench.now.tab !== "event" || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "[") hands.step(-1);
    if (event.key === "]") hands.step(1);
  });

  let inside = 0;
  const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  const mark = (): void => void document.body.classList.toggle("dropping", inside > 0);
  document.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    inside += 1;
    mark();
  });
  document.addEventListener("dragleave", (event) => {
    if (!hasFiles(event)) return;
    inside -= 1;
    mark();
  });
  document.addEventListener("dragover", (event) => {
    if (hasFiles(event)) event.preventDefault();
  }, true);
  document.addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.stopPropagation();
    inside = 0;
    mark();
    hands.open([...(event.dataTransfer?.files ?? [])]);
  }, true);
}
