/** One event: how far each source came with it. */
import type { Explanation } from "../answers";
import { shape, WORDS } from "../editors/dots";
import { button } from "../look/controls";
import { counted, el, replace, type Child } from "../look/dom";
import { jsonTokens } from "../text/json_tokens";
import { emptyState, whenLookedAt, type Desk, type Panel } from "./panel";
import { dropRoad, sentences, sourceRoad } from "./road";

const LONGEST = 20_000;

export function eventPanel(desk: Desk): Panel {
  const { bench, chain, hands } = desk;
  const element = el("div", { class: "panel-body" });
  const body = el("div", { class: "event-body" });
  const title = el("h3", { class: "event-title", tabindex: -1 });
  const previous = button("Previous event", () => step(-1), { icon: "previous", iconOnly: true, class: "small" });
  const next = button("Next event", () => step(1), { icon: "next", iconOnly: true, class: "small" });
  const head = el("header", { class: "event-head" }, previous, next, title);

  function step(by: number): void {
    const count = bench.now.evaluation?.events.count ?? 0;
    const number = Math.min(count, Math.max(1, (bench.now.event ?? 0) + by));
    hands.showEvent(number);
  }

  function raw(text: string | null): Child {
    if (text === null) return null;
    return el("details", { class: "event-raw" }, el("summary", {}, "The event"), el("pre", { tabindex: 0, role: "region", "aria-label": "The event" }, ...colored(pretty(text))));
  }

  function show(answer: Explanation): void {
    const isOpen = body.querySelector<HTMLDetailsElement>(".event-raw")?.open ?? false;
    replace(
      body,
      el("p", { class: "event-state" }, shape(answer.state), el("span", {}, WORDS[answer.state])),
      answer.sentences.length === 0 ? null : sentences(hands, answer.sentences, bench.now.mappingName),
      raw(hands.eventText(answer.number)),
      ...answer.drops.map((rule) => dropRoad(hands, rule)),
      ...answer.sources.map((one) => sourceRoad(hands, one)),
      answer.others === 0 || answer.state === "unread" ? null : el("p", { class: "muted event-others" }, `${counted(answer.others, "other rule")} ${answer.others === 1 ? "does" : "do"} not read ${answer.type ?? "it"}.`),
    );
    const details = body.querySelector<HTMLDetailsElement>(".event-raw");
    if (details !== null) details.open = isOpen;
    replace(title, `Event ${answer.number}`, el("span", { class: "event-type" }, answer.type ?? "no type"), answer.time === null ? null : el("time", { class: "muted", datetime: answer.time }, answer.time.replace("T", " ").replace(/Z$/, "")));
  }

  async function draw(): Promise<void> {
    const { event, evaluation } = bench.now;
    const count = evaluation?.events.count ?? 0;
    // Not disabled: that would take the focus from them.
    previous.setAttribute("aria-disabled", String(event === null || event <= 1));
    next.setAttribute("aria-disabled", String(event !== null && event >= count));
    if (event === null || event > count) {
      replace(element, emptyState("No event chosen", "Click an event, or put the cursor in it: here you see how far each rule comes with it, and why it stops."));
      return;
    }
    if (head.parentElement === null) {
      replace(title, `Event ${event}`);
      replace(element, head, body);
    }
    const answer = await chain.about("explain", { number: event });
    if (answer !== null && answer.number === bench.now.event) show(answer);
    else if (bench.now.evaluation?.families === null) replace(body, el("p", { class: "muted" }, "Correct the errors in the mapping first."));
  }

  whenLookedAt(bench, "event", ["event"], draw);
  bench.on(["generation"], () => void (bench.now.tab === "event" && bench.now.event === null ? draw() : null));
  return { tab: "event", name: "Event", element, count: () => (bench.now.event === null ? "" : String(bench.now.event)) };
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2).slice(0, LONGEST);
  } catch {
    return text.slice(0, LONGEST);
  }
}

function colored(text: string): Child[] {
  return text.split("\n").flatMap((line) => {
    let at = 0;
    const parts: Child[] = [];
    for (const { from, to, kind } of jsonTokens(line)) {
      parts.push(line.slice(at, from), el("span", { class: `json-${kind}` }, line.slice(from, to)));
      at = to;
    }
    return [...parts, `${line.slice(at)}\n`];
  });
}
