/** The metrics, in the order in which they are written. */
import type { Family } from "../answers";
import { counted, drawList, el, focusWithin, replace } from "../look/dom";
import type { Model } from "../state/model";
import { familyCard, SHOWN_MORE } from "./family";
import { emptyState, type Desk, type Panel } from "./panel";

const SHOWN_AT_FIRST = 30;

export function metricsPanel(desk: Desk): Panel {
  const { bench } = desk;
  const list = el("div", { class: "families" });
  const text = el("pre", { class: "exposition", tabindex: 0, role: "region", "aria-label": "Text format" });
  const notes = el("ul", { class: "engine-notes" });
  const stale = el("p", { class: "stale-note", hidden: true });
  const asText = el("input", { type: "checkbox", on: { change: () => bench.set({ asText: asText.checked }) } });
  const sum = el("span", { class: "muted" });
  const lead = el("div", { class: "lead-row metrics-lead" }, sum, el("span", { class: "fill" }), el("label", { class: "check" }, asText, "text format"));
  const element = el("div", { class: "panel-body" }, lead, stale, notes, list, text);
  const limits = new Map<string, number>();
  let isEmpty = true;
  const opened = new Set<string>();

  function drawNone(shown: HTMLElement): void {
    isEmpty = true;
    replace(list, shown);
  }

  function draw(family: Family): HTMLElement {
    const limit = limits.get(family.name) ?? SHOWN_AT_FIRST;
    return familyCard(desk, family, {
      limit,
      more() {
        limits.set(family.name, limit + SHOWN_MORE);
        drawAll(bench.now);
        focusWithin(list, family.name, ".series-row", limit);
      },
      isOpen: opened.has(family.name),
      toggled: (isOpen) => void (isOpen ? opened.add(family.name) : opened.delete(family.name)),
    });
  }

  function drawAll(now: Readonly<Model>): void {
    const { families, evaluation } = now;
    stale.hidden = evaluation === null || families === null || (evaluation.families !== null && !now.isOutdated);
    stale.textContent = now.isOutdated ? "The engine has not answered: these are the metrics of before." : "These are the last metrics without errors in the mapping.";
    element.classList.toggle("stale", !stale.hidden);
    replace(notes, ...(evaluation?.notes ?? []).map((note) => el("li", {}, note)));
    notes.hidden = (evaluation?.notes.length ?? 0) === 0;
    lead.hidden = families === null;
    sum.textContent = families === null ? "" : `${counted(families.length, "metric")}, ${counted(seriesIn(families), "series", "series")}`;
    list.hidden = now.asText;
    text.hidden = !now.asText;
    if (now.asText) text.textContent = now.text;
    else if (families === null) drawNone(evaluation === null ? waiting(now) : emptyState("No metrics yet", "Correct the errors in the mapping: the metrics appear here."));
    else if (families.length === 0) drawNone(emptyState("No metrics", "The mapping defines no metrics. Add one below metrics: or look at Not read."));
    else {
      if (isEmpty) replace(list);
      isEmpty = false;
      drawList(list, families, (one) => one.name, (one) => JSON.stringify([one, limits.get(one.name), keyOf(now, one)]), draw);
    }
  }

  // A chosen series is drawn anew with each generation, for its events may be others.
  function keyOf(now: Readonly<Model>, family: Family): unknown {
    const open = opened.has(family.name) ? now.settled : null;
    return now.series?.family === family.name ? [now.series.labels, now.settled, open] : open;
  }

  bench.on(["evaluation", "families", "asText", "series", "settled", "isOutdated", "engine"], drawAll);
  drawAll(bench.now);
  return {
    tab: "metrics",
    name: "Metrics",
    element,
    count: () => (bench.now.families === null ? "" : String(bench.now.families.length)),
  };
}

const seriesIn = (families: readonly Family[]): number => families.reduce((sum, one) => sum + one.series.length, 0);

function waiting({ engine }: Readonly<Model>): HTMLElement {
  return engine.state === "lost" ? emptyState("The engine does not answer", engine.message) : skeleton();
}

function skeleton(): HTMLElement {
  const block = (): HTMLElement => el("div", { class: "skeleton" }, el("span", { class: "skeleton-line" }), el("span", { class: "skeleton-line short" }));
  return el("div", { "aria-busy": "true" }, el("p", { class: "lead" }, "The engine starts: the metrics appear here."), block(), block(), block(), block());
}
