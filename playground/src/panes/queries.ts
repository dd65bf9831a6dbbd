/** Queries of a metric, to copy. */
import type { Delivery } from "../answers";
import { copyButton, radios } from "../look/controls";
import { el, replace } from "../look/dom";
import { remember, remembered } from "../look/storage";
import type { Desk } from "./panel";

const DELIVERIES: readonly (readonly [Delivery, string])[] = [
  ["remote-write", "remote write"],
  ["gateway", "Pushgateway"],
  ["victoria-metrics", "VictoriaMetrics"],
];
const STORED = "telemap-delivery";

function stored(): Delivery {
  const value = remembered(STORED);
  return DELIVERIES.find(([one]) => one === value)?.[0] ?? "remote-write";
}

/** Returns the queries of a metric, and the choice of how its samples are delivered. */
export function queriesOf(desk: Desk, family: string): HTMLElement {
  const list = el("div", { class: "query-list" });
  let delivery = stored();

  async function fill(): Promise<void> {
    const answer = await desk.chain.about("queries", { delivery });
    const queries = answer?.families.find((one) => one.name === family)?.queries ?? [];
    if (answer === null) return;
    if (queries.length === 0) replace(list, el("p", { class: "muted" }, "There is no query for this metric with this delivery."));
    else
      replace(
        list,
        ...queries.map(({ title, expr }) =>
          el(
            "div",
            { class: "query" },
            el(
              "div",
              { class: "query-head" },
              el("span", { class: "query-title" }, title),
              copyButton(`Copy the query: ${title}`, () => expr, desk.hands.tell, { iconOnly: true, class: "small plain" }),
            ),
            el("pre", { class: "query-text", tabindex: 0, role: "region", "aria-label": `Query: ${title}` }, expr),
          ),
        ),
      );
  }

  const choice = radios("Delivery", DELIVERIES, delivery, (value) => {
    delivery = value;
    remember(STORED, value);
    void fill();
  });
  void fill();
  return el("div", { class: "queries" }, el("div", { class: "queries-head" }, el("span", { class: "muted" }, "Delivered by"), choice), list);
}
