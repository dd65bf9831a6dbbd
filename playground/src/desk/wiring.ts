/** Keeps editors and panes in step with what the engine answers. */
import type { EventsEditor } from "../editors/events";
import type { MappingEditor } from "../editors/mapping";
import { announce } from "../look/dialog";
import { byId } from "../look/dom";
import { summary } from "../panes/problems";
import { PANES, type Bench, type Pane } from "../state/model";
import { EventPlaces } from "../text/event_places";
import { showNote, hideNote } from "./notes";

const NAMES: Record<Pane, string> = { mapping: "Mapping", events: "Events", results: "Results" };

/** Shows answers in the editors. */
export function showInEditors(bench: Bench, mapping: MappingEditor, events: EventsEditor): void {
  let places = EventPlaces.none;
  bench.on(["evaluation"], ({ evaluation }) => {
    if (evaluation === null) return;
    mapping.showProblems(evaluation.problems.filter((problem) => problem.file === bench.now.mappingName));
    places = EventPlaces.of(evaluation.events.ranges);
    events.showMarks({ places, states: bench.now.traced?.states ?? new Map() });
    const { error, count } = evaluation.events;
    byId("events-count").textContent = count.toLocaleString("en");
    if (error === null) hideNote(byId("events-notes"), "error");
    else {
      const where = error.offset === null ? [] : [{ text: "Show", run: () => events.goTo(error.offset!) }];
      showNote(byId("events-notes"), "error", "bad", error.message, where);
    }
  });
  bench.on(["traced"], ({ traced, evaluation }) => {
    mapping.showTallies((traced?.sources ?? []).filter((source) => source.file === bench.now.mappingName));
    if (evaluation !== null) events.showMarks({ places, states: traced?.states ?? new Map() });
  });
}

/** Tells screen readers what came out, when the engine has settled. */
export function announceResults(bench: Bench): void {
  bench.on(["settled"], ({ evaluation }) => {
    if (evaluation === null) return;
    const errors = evaluation.problems.filter((problem) => problem.severity === "error").length;
    announce(summary(errors, evaluation.problems.length - errors, evaluation.families?.length ?? null));
  });
}

/** Shows the names of the files, and the switch between panes of narrow windows. */
export function showNames(bench: Bench): void {
  const draw = (): void => {
    byId("mapping-name").textContent = bench.now.mappingName;
    byId("events-name").textContent = bench.now.eventsName ?? "";
  };
  bench.on(["mappingName", "eventsName"], draw);
  draw();

  const buttons = PANES.map((pane) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = NAMES[pane];
    button.addEventListener("click", () => bench.set({ pane }));
    return button;
  });
  byId("switcher").append(...buttons);
  const show = (): void => {
    byId("bench").dataset.pane = bench.now.pane;
    buttons.forEach((button, index) => button.setAttribute("aria-pressed", String(PANES[index] === bench.now.pane)));
  };
  bench.on(["pane"], show);
  show();
}
