/** The tabs of the results. */
import { el } from "../look/dom";
import { rove } from "../look/controls";
import type { Bench } from "../state/model";
import type { Panel } from "./panel";

export function makeTabs(list: HTMLElement, holder: HTMLElement, bench: Bench, panels: readonly Panel[]): void {
  const buttons = panels.map((panel) => {
    const count = el("span", { class: "tab-count" });
    const tab = el(
      "button",
      { type: "button", role: "tab", class: "tab", id: `tab-${panel.tab}`, "aria-controls": `panel-${panel.tab}`, on: { click: () => bench.set({ tab: panel.tab }), focus: () => bench.set({ tab: panel.tab }) } },
      panel.name,
      " ",
      count,
    );
    const body = el("div", { role: "tabpanel", class: "panel", id: `panel-${panel.tab}`, "aria-labelledby": `tab-${panel.tab}`, tabindex: 0 }, panel.element);
    list.append(tab);
    holder.append(body);
    return { panel, tab, body, count };
  });
  rove(list, "[role=tab]", "horizontal");

  function show(): void {
    for (const { panel, tab, body, count } of buttons) {
      const isChosen = panel.tab === bench.now.tab;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      body.hidden = !isChosen;
      count.textContent = panel.count();
    }
  }

  bench.on(["tab", "evaluation", "families", "event", "pinned", "settled"], show);
  show();
}
