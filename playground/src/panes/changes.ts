/** How the series differ from those of the pinned mapping. */
import type { Difference } from "../answers";
import { button } from "../look/controls";
import { breakable, drawList, el, replace } from "../look/dom";
import { plain } from "../look/numbers";
import { labelList } from "./labels";
import { emptyState, whenLookedAt, type Desk, type Panel } from "./panel";

type Numbers = NonNullable<Difference["families"][number]["series"][number]["before"]>;

function text(numbers: Numbers | null): string {
  if (numbers === null) return "";
  if (numbers.value !== undefined) return plain(numbers.value);
  return `${plain(numbers.count)} (sum ${plain(numbers.sum)})`;
}

/** A word for a change of a series. */
function word(before: Numbers | null, after: Numbers | null): "new" | "gone" | "changed" {
  if (before === null) return "new";
  return after === null ? "gone" : "changed";
}

export function changesPanel(desk: Desk, pin: () => void): Panel {
  const { bench, chain } = desk;
  const when = el("span");
  const lead = el("div", { class: "lead lead-row" }, when, el("span", { class: "fill" }), button("Unpin", () => goOn(() => bench.set({ pinned: null })), { class: "small" }));
  const list = el("div");
  const none = emptyState("No difference", "The series are those of the pinned mapping.");
  const element = el("div", { class: "panel-body" });
  let count = "";

  /** Does what takes the place of the button that has the focus, which goes to the whole panel. */
  function goOn(run: () => void): void {
    element.parentElement?.focus();
    run();
  }

  function family(one: Difference["families"][number]): HTMLElement {
    const kind = word(one.before as Numbers | null, one.after as Numbers | null);
    const counts = (["new", "gone", "changed", "same"] as const).filter((name) => one.counts[name] > 0).map((name) => `${one.counts[name].toLocaleString("en")} ${name}`);
    const shape = one.before !== null && one.after !== null && one.before.type !== one.after.type ? `${one.before.type} → ${one.after.type}` : (one.after ?? one.before)!.type;
    return el(
      "section",
      { class: `change change-${kind}`, "aria-label": `${one.name}: ${kind}` },
      el(
        "header",
        { class: "family-head" },
        el("span", { class: `diff-word diff-${kind}` }, kind),
        el("h3", { class: "family-name" }, ...breakable(one.name)),
        el("span", { class: `kind kind-${(one.after ?? one.before)!.type}` }, shape),
        el("span", { class: "count" }, counts.join(", ")),
      ),
      one.series.length === 0
        ? null
        : el(
            "ul",
            { class: "diff-list" },
            ...one.series.map((series) => {
              const change = word(series.before, series.after);
              return el(
                "li",
                { class: "diff-row" },
                kind === "changed" ? el("span", { class: `diff-word diff-${change}` }, change) : null,
                labelList(series.labels),
                el(
                  "span",
                  { class: "value" },
                  series.before === null ? null : el("del", { class: "number" }, text(series.before)),
                  series.before !== null && series.after !== null ? " → " : null,
                  series.after === null ? null : el("ins", { class: "number" }, text(series.after)),
                ),
              );
            }),
          ),
    );
  }

  async function draw(): Promise<void> {
    const { pinned } = bench.now;
    if (pinned === null) {
      const empty = emptyState("Nothing is pinned", "Pin the mapping as it is now. Then change it: here you see at each keystroke which series come, go or change.");
      empty.append(button("Pin the mapping", () => goOn(pin), { icon: "pin" }));
      replace(element, empty);
      return;
    }
    const answer = await chain.about("difference", { before: pinned.text });
    if (answer === null) return;
    const changed = answer.families;
    count = changed.length === 0 ? "" : String(changed.length);
    if (list.parentElement !== element) replace(element, lead, none, list);
    when.textContent = `Compared with the mapping pinned at ${pinned.at}.`;
    none.hidden = answer.differs;
    drawList(list, changed, (one) => one.name, (one) => JSON.stringify(one), family);
  }

  whenLookedAt(bench, "changes", ["pinned"], draw);
  return { tab: "changes", name: "Changes", element, count: () => (bench.now.pinned === null ? "" : count) };
}
