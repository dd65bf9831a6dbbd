/** What no rule reads, with drafts of metrics to add. */
import type { Draft } from "../answers";
import { button, copyButton } from "../look/controls";
import { breakable, counted, drawList, el, focusWithin, replace } from "../look/dom";
import { emptyState, whenLookedAt, type Desk, type Panel } from "./panel";

const SHOWN = 6;

export function unreadPanel(desk: Desk): Panel {
  const { bench, chain, hands } = desk;
  const lead = el("p", { class: "lead" }, "Event types and fields that no rule reads. Each draft is a metric that you can add and then change.");
  const list = el("div");
  const element = el("div", { class: "panel-body" });
  const opened = new Set<string>();

  function draft(one: Draft, path: string | null): HTMLElement {
    const text = one.block.replace(/^ {2}/gm, "").trimEnd();
    const add = button(one.exists ? "In the mapping" : "Add", () => hands.insertMetric(one.block, one.name), { ...(one.exists ? {} : { icon: "plus" as const }), class: "small" });
    add.disabled = one.exists;
    if (!one.exists) add.setAttribute("aria-label", `Add ${one.name} to the mapping`);
    const about = path === null ? null : el("span", { class: "draft-about" }, el("code", {}, path), ` ${one.about}`);
    return el(
      "li",
      { class: "draft" },
      el("details", {}, el("summary", {}, el("span", { class: "draft-title" }, el("span", { class: "draft-name" }, ...breakable(one.name)), about)), el("pre", { class: "draft-text" }, text)),
      el("div", { class: "draft-tools" }, copyButton(`Copy ${one.name}`, () => `${text}\n`, hands.tell, { iconOnly: true, class: "small plain" }), add),
    );
  }

  function group(type: string, count: string, drafts: readonly Draft[], paths: ReadonlyMap<string, string>): HTMLElement {
    const isAll = opened.has(type);
    const seen = isAll ? drafts : drafts.slice(0, SHOWN);
    return el(
      "section",
      { class: "unread", "aria-label": type },
      el("header", { class: "unread-head" }, el("h3", { class: "unread-type" }, type), el("span", { class: "fill" }), el("span", { class: "count" }, count)),
      el("ul", { class: "drafts" }, ...seen.map((one) => draft(one, paths.get(one.name) ?? null))),
      seen.length < drafts.length
        ? button(`Show ${drafts.length - seen.length} more`, () => void showAll(type), { class: "small family-more" })
        : null,
    );
  }

  async function showAll(type: string): Promise<void> {
    opened.add(type);
    await show();
    focusWithin(list, type, "summary", SHOWN);
  }

  async function show(): Promise<void> {
    const answer = await chain.about("unmatched", {});
    if (answer === null) {
      if (bench.now.evaluation?.families === null) replace(element, emptyState("Errors in the mapping", "What is not read appears when the mapping has no errors."));
      return;
    }
    const named = new Map<string, Draft[]>();
    for (const one of answer.drafts) named.set(one.type, [...(named.get(one.type) ?? []), one]);
    const counts = new Map(answer.types.map((one) => [one.type, one.events]));
    const paths = new Map(answer.types.map((one) => [one.type, new Map(one.paths.flatMap((path): [string, string][] => (path.draft === null ? [] : [[path.draft.name, path.path]])))]));
    if (bench.now.evaluation?.events.count === 0) replace(element, emptyState("No events", "Write or open some: what no rule reads appears here."));
    else if (named.size === 0) replace(element, emptyState("Everything is read", "Each type of event and each field that could make a metric is read by a rule."));
    else {
      if (list.parentElement !== element) replace(element, lead, list);
      drawList(
        list,
        [...named],
        ([type]) => type,
        ([type, drafts]) => JSON.stringify([drafts, opened.has(type)]),
        ([type, drafts]) => group(type, counts.has(type) ? counted(counts.get(type)!, "event") : "", drafts, paths.get(type) ?? new Map()),
      );
    }
  }

  whenLookedAt(bench, "unread", [], show);
  return {
    tab: "unread",
    name: "Not read",
    element,
    count: () => {
      const unmatched = bench.now.evaluation?.unmatched ?? 0;
      return unmatched === 0 ? "" : String(unmatched);
    },
  };
}
