/** The road of an event through a rule: its stages, as far as it came, and why. */
import type { ExplainedDrop, ExplainedSource, Sentence } from "../answers";
import { shape } from "../editors/dots";
import { breakable, counted, el, type Child } from "../look/dom";
import type { Hands } from "./panel";

/** Returns a sentence, with its line as a link: where it is told, or else in front. */
function linked(hands: Hands, text: string, line: number | null, file: string): Child[] {
  if (line === null) return breakable(text);
  const link = el("button", { type: "button", class: "link line-link", on: { click: () => hands.goToLine(file, line) } }, `line ${line}`);
  const at = text.search(new RegExp(`\\bline ${line}\\b`));
  if (at === -1) return [link, " ", ...breakable(text)];
  return [...breakable(text.slice(0, at)), link, ...breakable(text.slice(at + `line ${line}`.length))];
}

export function sentences(hands: Hands, list: readonly Sentence[], file: string): HTMLElement {
  return el(
    "ul",
    { class: "sentences" },
    ...list.map(({ text, depth, line }) =>
      el("li", { class: `depth-${Math.min(depth, 3)}` }, ...linked(hands, text, line, file)),
    ),
  );
}

/** Returns what a rule of `drop` did with the event. */
export function dropRoad(hands: Hands, rule: ExplainedDrop): HTMLElement {
  const verdict = { drops: "drops it", passes: "lets it pass", undecided: "cannot decide" }[rule.verdict];
  return el(
    "section",
    { class: `road drop-${rule.verdict}`, "aria-label": `drop rule ${rule.number}` },
    el(
      "header",
      { class: "road-head" },
      el("button", { type: "button", class: "link road-name", on: { click: () => hands.goToLine(rule.file, rule.line) } }, `drop, rule ${rule.number}`),
      el("span", { class: "fill" }),
      el("span", { class: "road-result" }, verdict),
    ),
    el("code", { class: "road-rule" }, rule.text),
    rule.sentences.length === 0 ? null : why(hands, rule),
  );
}

function why(hands: Hands, rule: ExplainedDrop): HTMLElement {
  const told = sentences(hands, rule.sentences, rule.file);
  return rule.verdict === "passes" ? el("details", { class: "road-why" }, el("summary", {}, "why"), told) : told;
}

/** Returns how far a rule came with the event. */
export function sourceRoad(hands: Hands, one: ExplainedSource): HTMLElement {
  const isMade = one.samples > 0;
  const result = isMade ? counted(one.samples, "sample") : `stopped at ${one.stopped_at ?? "value"}`;
  const several = one.source > 1 ? ` rule ${one.source}` : "";
  return el(
    "section",
    { class: isMade ? "road made" : "road stopped", "aria-label": `${one.metric}: ${result}` },
    el(
      "header",
      { class: "road-head" },
      shape(isMade ? "made" : "stopped"),
      el("button", { type: "button", class: "link road-name", title: `Show line ${one.line}`, on: { click: () => hands.goToLine(one.file, one.line) } }, ...breakable(`${one.metric}${several}`)),
      el("span", { class: "fill" }),
      el("span", { class: "road-result" }, result),
    ),
    el(
      "ol",
      { class: "stages", "aria-label": "Stages" },
      ...one.stages.map(({ stage, state }) =>
        el("li", { class: `stage ${state}` }, stage, el("span", { class: "unseen" }, { passed: ": passed", stopped: ": stopped here", ahead: ": not reached", unused: ": none" }[state])),
      ),
    ),
    sentences(hands, one.sentences, one.file),
  );
}
