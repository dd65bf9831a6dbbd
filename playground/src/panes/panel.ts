/** What every panel of the results shares. */
import type { Bench, Tab } from "../state/model";
import type { Chain } from "../engine/chain";
import { el } from "../look/dom";
import { messageOf } from "../text/errors";

/** What panels do outside themselves. */
export interface Hands {
  /** Shows a line of the mapping; `file` as the engine names it. */
  goToLine: (file: string, line: number) => void;
  /** Selects an event, and shows it. */
  showEvent: (number: number) => void;
  /** Adds a metric to the mapping. */
  insertMetric: (block: string, name: string) => void;
  /** Tells screen readers, and shows for a moment. */
  tell: (message: string) => void;
  /** The text of an event, if it is known. */
  eventText: (number: number) => string | null;
}

export interface Desk {
  bench: Bench;
  chain: Chain;
  hands: Hands;
}

export interface Panel {
  tab: Tab;
  name: string;
  element: HTMLElement;
  /** Beside the tab's name. */
  count: () => string;
}

export function emptyState(title: string, text: string): HTMLElement {
  return el("div", { class: "empty" }, el("h3", {}, title), el("p", {}, text));
}

/** Calls `draw` when the tab is looked at and the engine has settled on a new text, or one of `keys` changes. */
export function whenLookedAt(bench: Bench, tab: Tab, keys: readonly ("event" | "pinned" | "series")[], draw: () => Promise<void>): void {
  let running = 0;
  const run = async (): Promise<void> => {
    if (bench.now.tab !== tab) return;
    running += 1;
    const mine = running;
    const panel = document.getElementById(`panel-${tab}`);
    panel?.setAttribute("aria-busy", "true");
    try {
      await draw();
    } catch (error) {
      if (mine === running) bench.set({ engine: { ...bench.now.engine, message: messageOf(error) } });
    }
    if (mine === running) panel?.setAttribute("aria-busy", "false");
  };
  bench.on(["tab", "settled", ...keys], () => void run());
}
