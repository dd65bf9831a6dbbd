/** The line at the bottom: the engine, and what the events came to. */
import type { Mode } from "../engine/backend";
import { el, replace } from "../look/dom";
import type { Bench, Model } from "../state/model";

function engineText({ engine }: Readonly<Model>, mode: Mode): string {
  if (engine.state === "starting") return mode === "static" ? "The engine starts in this browser: some seconds the first time" : "Connecting to the local server";
  if (engine.state === "lost") return "The engine does not answer";
  const { hello } = engine;
  const versions = hello === null ? "telemap" : `telemap ${hello.version}, Python ${hello.python}`;
  const where = mode === "static" ? "in this browser: nothing is sent anywhere" : "on this machine: nothing is sent anywhere";
  return `${versions}, ${where}`;
}

function eventsText({ evaluation }: Readonly<Model>): string[] {
  if (evaluation === null) return [];
  const { dropped, unmatched } = evaluation;
  const parts: string[] = [];
  if (dropped !== null && dropped.rule > 0) parts.push(`${dropped.rule.toLocaleString("en")} dropped`);
  if (dropped !== null && dropped.malformed > 0) parts.push(`${dropped.malformed.toLocaleString("en")} not ${dropped.malformed === 1 ? "an event" : "events"}`);
  if (unmatched !== null && unmatched > 0) parts.push(`${unmatched.toLocaleString("en")} not read`);
  return parts;
}

export function statusLine(element: HTMLElement, bench: Bench, mode: Mode): void {
  const light = el("span", { class: "status-light", "aria-hidden": "true" });
  const text = el("span", { class: "status-text" });
  const side = el("span", { class: "status-side" });
  element.append(light, text, side);
  function draw(): void {
    const { now } = bench;
    light.className = `status-light ${now.engine.state}`;
    text.textContent = engineText(now, mode);
    text.title = text.textContent;
    const about = eventsText(now).join(" · ");
    replace(side, about === "" ? null : el("span", { class: "wide-only" }, about), now.took === null ? null : el("span", {}, `${Math.round(now.took).toLocaleString("en")} ms`));
  }
  bench.on(["engine", "evaluation", "took"], draw);
  draw();
}
