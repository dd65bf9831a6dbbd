/** A metric with its series. */
import type { Family, Series, SeriesOrigin } from "../answers";
import { button } from "../look/controls";
import { breakable, counted, el, replace } from "../look/dom";
import { friendly, plain, withUnit } from "../look/numbers";
import { indexesOf } from "../state/model";
import { histogram } from "./histogram";
import { commonLabels, labelList } from "./labels";
import type { Desk } from "./panel";
import { queriesOf } from "./queries";

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

/** How many more series are shown by a click. */
export const SHOWN_MORE = 300;
/** Events of a series that are listed. */
const CHIPS = 24;

/** What is shown of a metric. */
export interface Shown {
  /** Series. */
  limit: number;
  /** Shows more series. */
  more: () => void;
  /** Whether its queries are shown. */
  isOpen: boolean;
  toggled: (isOpen: boolean) => void;
}

function isChosen({ bench }: Desk, family: Family, series: Series): boolean {
  const chosen = bench.now.series;
  return chosen !== null && chosen.family === family.name && JSON.stringify(chosen.labels) === JSON.stringify(series.labels);
}

function valueOf(family: Family, series: Series): HTMLElement {
  if (series.value !== undefined) {
    const easy = friendly(family.name, series.value);
    return el("span", { class: "value" }, easy === null ? null : el("span", { class: "easy" }, `${easy} `), el("span", { class: "number", title: String(series.value) }, plain(series.value)));
  }
  const mean = Number(series.sum) / Number(series.count);
  return el(
    "span",
    { class: "value" },
    Number.isFinite(mean) ? el("span", { class: "easy", title: `sum ${series.sum}` }, `mean ${withUnit(family.name, mean)} `) : null,
    el("span", { class: "number", title: "samples" }, plain(series.count)),
    el("span", { class: "unseen" }, Number(series.count) === 1 ? " sample" : " samples"),
  );
}

/** Returns the events that made a series, each to click. */
function origin({ bench, chain, hands }: Desk, family: Family, series: Series): HTMLElement {
  const holder = el("div", { class: "origin" });
  const indexes = indexesOf(bench.now.evaluation?.families ?? null, { family: family.name, labels: series.labels });
  const show = (answer: SeriesOrigin | null): void => {
    if (answer === null) return;
    const chips = answer.events.slice(0, CHIPS).map((number) =>
      el("button", { type: "button", class: "chip", "aria-label": `Event ${number}`, on: { click: () => hands.showEvent(number) } }, number),
    );
    const more = answer.total - chips.length;
    const made = answer.total === 0 ? "No event made it: it is there from the start." : `made by ${counted(answer.total, "event")}:`;
    replace(holder, el("span", { class: "muted" }, made), ...chips, more > 0 ? el("span", { class: "muted" }, `and ${more.toLocaleString("en")} more`) : null);
  };
  if (indexes !== null) chain.about("series", indexes).then(show, () => undefined);
  return holder;
}

function row(desk: Desk, family: Family, series: Series, common: Record<string, string>): HTMLElement {
  const chosen = isChosen(desk, family, series);
  const choose = (): void => desk.bench.set({ series: chosen ? null : { family: family.name, labels: series.labels } });
  return el(
    "li",
    { class: chosen ? "series chosen" : "series" },
    el("button", { type: "button", class: "series-row", "aria-expanded": String(chosen), on: { click: choose } }, labelList(series.labels, common), valueOf(family, series)),
    series.buckets === undefined ? null : histogram(series.buckets),
    chosen ? origin(desk, family, series) : null,
  );
}

/** Returns a metric with its series. */
export function familyCard(desk: Desk, family: Family, { limit, more, isOpen, toggled }: Shown): HTMLElement {
  const common = commonLabels(family.series);
  const rows = family.series.slice(0, limit).map((series) => row(desk, family, series, common));
  const left = family.series.length - rows.length;
  const skipped = Object.entries(family.skipped).map(([reason, count]) => `${count.toLocaleString("en")} skipped: ${SKIPPED[reason] ?? reason}`);
  const queries = el("div", { class: "queries-holder" });
  const toggle = button("Queries", () => show(toggle.getAttribute("aria-expanded") !== "true"), { class: "small plain queries-button" });
  toggle.setAttribute("aria-label", `Queries of ${family.name}`);
  function show(isShown: boolean): void {
    toggled(isShown);
    toggle.setAttribute("aria-expanded", String(isShown));
    replace(queries, isShown ? queriesOf(desk, family.name) : null);
  }
  show(isOpen);
  return el(
    "section",
    { class: "family", "aria-label": family.name },
    el(
      "header",
      { class: "family-head" },
      el(
        "div",
        { class: "family-title" },
        el("h3", { class: "family-name" }, el("button", { type: "button", class: "link", title: "Show it in the mapping", on: { click: () => desk.hands.goToLine(family.file, family.line) } }, ...breakable(family.name))),
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
      ? button(`Show ${Math.min(left, SHOWN_MORE).toLocaleString("en")} more of ${left.toLocaleString("en")}`, more, { class: "small family-more" })
      : null,
  );
}
