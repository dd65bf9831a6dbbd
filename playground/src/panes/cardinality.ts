/** How many series there are, by metric and by label. */
import type { Cardinality } from "../answers";
import { breakable, counted, drawList, el, replace, svg } from "../look/dom";
import { emptyState, whenLookedAt, type Desk, type Panel } from "./panel";

type Spread = Cardinality["families"][number];

/** Returns a bar: how much of the limit is used. */
function share(part: number, limit: number): SVGElement {
  const width = limit === 0 ? 0 : Math.min(100, Math.max(1.5, (part / limit) * 100));
  return svg(
    "svg",
    { class: "share", viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "share-all", width: 100, height: 6, rx: 1 }),
    svg("rect", { class: "share-part", width, height: 6, rx: 1 }),
  );
}

function row(label: Spread["labels"][number]): HTMLElement {
  const number = (value: number): string => value.toLocaleString("en");
  const examples = label.examples.map(({ value, series }) =>
    el("span", { class: "example" }, ...breakable(value === "" ? "(empty)" : value), el("span", { class: "example-count" }, `\u00a0×${number(series)}`)),
  );
  return el(
    "tr",
    {},
    el("th", { scope: "row", class: "mono" }, ...breakable(label.name)),
    el("td", { class: "right" }, label.max_values === null ? number(label.values) : `${number(label.values)} of ${number(label.max_values)}`),
    el("td", { class: "right" }, number(label.series_without)),
    el("td", { class: "mono examples" }, ...examples),
  );
}

function table(labels: Spread["labels"]): HTMLElement {
  const heads = [["label", ""], ["values", "right"], ["without it", "right"], ["most series", ""]] as const;
  return el(
    "table",
    { class: "spread-labels" },
    el("thead", {}, el("tr", {}, ...heads.map(([text, side]) => el("th", { scope: "col", class: side }, text)))),
    el("tbody", {}, ...labels.map(row)),
  );
}

function family(one: Spread, advice: Cardinality["advice"]): HTMLElement {
  const own = advice.filter((entry) => entry.family === one.name);
  const unlimited = one.unlimited.series > one.series ? `, ${one.unlimited.is_exact ? "" : "at least "}${one.unlimited.series.toLocaleString("en")} without limits` : "";
  return el(
    "section",
    { class: "spread", "aria-label": one.name },
    el(
      "header",
      { class: "spread-head" },
      el("h3", { class: "family-name" }, ...breakable(one.name)),
      el("span", { class: "count" }, `${counted(one.series, "series", "series")} of ${one.series_limit.toLocaleString("en")}${unlimited}`),
    ),
    share(one.series, one.series_limit),
    one.labels.length === 0 ? null : table(one.labels),
    ...own.map((entry) => el("p", { class: "advice" }, entry.text)),
  );
}

export function cardinalityPanel(desk: Desk): Panel {
  const { bench, chain } = desk;
  const lead = el("div");
  const list = el("div");
  const element = el("div", { class: "panel-body" });

  async function draw(): Promise<void> {
    const answer = await chain.about("cardinality", {});
    if (answer === null) {
      if (bench.now.evaluation?.families === null) replace(element, emptyState("Errors in the mapping", "Cardinality appears when the mapping has no errors."));
      return;
    }
    if (answer.families.length === 0) {
      replace(element, emptyState("No series", "No event made a sample yet."));
      return;
    }
    const loose = answer.advice.filter((entry) => !answer.families.some((one) => one.name === entry.family));
    if (list.parentElement !== element) replace(element, lead, list);
    replace(
      lead,
      el("p", { class: "lead" }, `${counted(answer.series, "series", "series")} from these events; one process may have ${answer.series_limit_total.toLocaleString("en")}.`),
      ...loose.map((entry) => el("p", { class: "advice" }, entry.text)),
    );
    const advice = (name: string): unknown => answer.advice.filter((entry) => entry.family === name);
    drawList(list, answer.families, (one) => one.name, (one) => JSON.stringify([one, advice(one.name)]), (one) => family(one, answer.advice));
  }

  whenLookedAt(bench, "cardinality", [], draw);
  return { tab: "cardinality", name: "Cardinality", element, count: () => "" };
}
