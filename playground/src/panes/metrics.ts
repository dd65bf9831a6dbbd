/** The metrics, in the order in which they are written. */
import type { Family, Series } from "../answers";
import { breakable, counted, drawList, el, replace } from "../look/dom";
import { button } from "../look/controls";
import { friendly, plain } from "../look/numbers";
import { indexesOf, type Model } from "../state/model";
import { histogram } from "./histogram";
import { commonLabels, labelList } from "./labels";
import { queriesOf } from "./queries";
import { emptyState, type Desk, type Panel } from "./panel";

/** Why samples are skipped, by telemap's reasons. */
const SKIPPED: Record<string, string> = {
  missing: "they have no value",
  parse: "their text does not match parse",
  cut_off: "a regex took too long",
  test: "a test found several values instead of one",
  label: "a label is an object or a list",
  not_a_number: "the value is not a number",
  not_finite: "the value is not finite",
  too_large: "the value is too large",
  negative: "the value is negative",
};
const SHOWN_AT_FIRST = 30;
const SHOWN_MORE = 300;
const CHIPS = 24;

export function metricsPanel(desk: Desk): Panel {
  const { bench, chain, hands } = desk;
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

  const isChosen = (family: Family, series: Series): boolean => {
    const chosen = bench.now.series;
    return chosen !== null && chosen.family === family.name && JSON.stringify(chosen.labels) === JSON.stringify(series.labels);
  };

  function valueOf(family: Family, series: Series): HTMLElement {
    if (series.value !== undefined) {
      const easy = friendly(family.name, series.value);
      return el("span", { class: "value" }, easy === null ? null : el("span", { class: "easy" }, `${easy} `), el("span", { class: "number", title: String(series.value) }, plain(series.value)));
    }
    const average = Number(series.sum) / Number(series.count);
    const known = Number.isFinite(average);
    const base = family.name;
    return el(
      "span",
      { class: "value" },
      known ? el("span", { class: "easy", title: `sum ${series.sum}` }, `mean ${friendly(base, average) ?? plain(average)} `) : null,
      el("span", { class: "number", title: "samples" }, plain(series.count)),
      el("span", { class: "unseen" }, " samples"),
    );
  }

  function origin(family: Family, series: Series): HTMLElement {
    const holder = el("div", { class: "origin" });
    const indexes = indexesOf(bench.now.evaluation?.families ?? null, { family: family.name, labels: series.labels });
    void (indexes === null ? Promise.resolve(null) : chain.about("series", indexes)).then((answer) => {
      if (answer === null) return;
      const chips = answer.events.slice(0, CHIPS).map((number) =>
        el("button", { type: "button", class: "chip", "aria-label": `Event ${number}`, on: { click: () => hands.showEvent(number) } }, number),
      );
      const more = answer.total - chips.length;
      const made = answer.total === 0 ? "No event made it: it is there from the start." : `made by ${counted(answer.total, "event")}:`;
      replace(holder, el("span", { class: "muted" }, made), ...chips, more > 0 ? el("span", { class: "muted" }, `and ${more.toLocaleString("en")} more`) : null);
    });
    return holder;
  }

  function row(family: Family, series: Series, common: Record<string, string>): HTMLElement {
    const chosen = isChosen(family, series);
    const choose = (): void => bench.set({ series: chosen ? null : { family: family.name, labels: series.labels } });
    return el(
      "li",
      { class: chosen ? "series chosen" : "series" },
      el("button", { type: "button", class: "series-row", "aria-expanded": String(chosen), on: { click: choose } }, labelList(series.labels, common), valueOf(family, series)),
      series.buckets === undefined ? null : histogram(series.buckets),
      chosen ? origin(family, series) : null,
    );
  }

  function draw(family: Family): HTMLElement {
    const common = commonLabels(family.series);
    const limit = limits.get(family.name) ?? SHOWN_AT_FIRST;
    const rows = family.series.slice(0, limit).map((series) => row(family, series, common));
    const left = family.series.length - rows.length;
    const skipped = Object.entries(family.skipped).map(([reason, count]) => `${count.toLocaleString("en")} skipped: ${SKIPPED[reason] ?? reason}`);
    const queries = el("div", { class: "queries-holder" });
    const toggle = button("Queries", () => show(!opened.has(family.name)), { class: "small plain queries-button" });
    toggle.setAttribute("aria-label", `Queries of ${family.name}`);
    function show(isOpen: boolean): void {
      if (isOpen) opened.add(family.name);
      else opened.delete(family.name);
      toggle.setAttribute("aria-expanded", String(isOpen));
      replace(queries, isOpen ? queriesOf(desk, family.name) : null);
    }
    show(opened.has(family.name));
    return el(
      "section",
      { class: "family", "aria-label": family.name },
      el(
        "header",
        { class: "family-head" },
        el(
          "div",
          { class: "family-title" },
          el("h3", { class: "family-name" }, el("button", { type: "button", class: "link", title: "Show it in the mapping", on: { click: () => hands.goToLine(family.file, family.line) } }, ...breakable(family.name))),
          el("span", { class: `kind kind-${family.type}` }, family.type),
        ),
        family.series.length < 2 ? null : el("span", { class: "count" }, counted(family.series.length, "series", "series")),
        toggle,
      ),
      el("p", { class: "family-help" }, family.help, Object.keys(common).length === 0 ? null : labelList(common)),
      skipped.length === 0 ? null : el("p", { class: "family-note" }, skipped.join("; ")),
      family.overflowed === 0 ? null : el("p", { class: "family-note limit" }, `${counted(family.overflowed, "sample")} beyond a limit`),
      queries,
      family.series.length === 0
        ? el("p", { class: "family-none" }, "no series yet: no event made a sample")
        : el("ul", { class: "series-list" }, ...rows),
      left > 0
        ? button(`Show ${Math.min(left, SHOWN_MORE).toLocaleString("en")} more of ${left.toLocaleString("en")}`, () => more(family, limit), { class: "small family-more" })
        : null,
    );
  }

  function drawNone(shown: HTMLElement): void {
    isEmpty = true;
    replace(list, shown);
  }

  function more(family: Family, limit: number): void {
    limits.set(family.name, limit + SHOWN_MORE);
    drawAll(bench.now);
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
