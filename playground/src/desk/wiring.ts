/** Keeps editors and panes in step with what the engine answers. */
import { NONE } from "../editors/dots";
import type { EventsEditor } from "../editors/events";
import type { MappingEditor } from "../editors/mapping";
import { announce } from "../look/dialog";
import { byId, counted } from "../look/dom";
import { summary } from "../panes/problems";
import { PANES, type Bench, type Pane } from "../state/model";
import { EventPlaces } from "../text/event_places";
import { hideNote, showNote, type NoteAction } from "./notes";

const NAMES: Record<Pane, string> = { mapping: "Mapping", events: "Events", results: "Results" };

/** Shows answers in the editors. */
export function showInEditors(bench: Bench, mapping: MappingEditor, events: EventsEditor): void {
  let { places, bad } = NONE;
  bench.on(["evaluation"], ({ evaluation }) => {
    if (evaluation === null) return;
    for (const host of document.querySelectorAll(".editor-host")) host.classList.toggle("stale", evaluation.families === null);
    mapping.showProblems(evaluation.problems.filter((problem) => problem.file === bench.now.mappingName));
    places = EventPlaces.of(evaluation.events.ranges);
    bad = evaluation.events.bad.flatMap(({ message, offset }) => (offset === null ? [] : [{ message, offset }]));
    events.showMarks({ places, states: bench.now.traced?.states ?? new Map(), bad });
    const { error, count, bad_lines: skipped } = evaluation.events;
    if ((bench.now.event ?? 0) > count) bench.set({ event: null });
    byId("events-count").textContent = count.toLocaleString("en");
    if (error === null) hideNote(byId("events-notes"), "error");
    else {
      const where = error.offset === null ? [] : [{ text: "Show", run: () => events.goTo(error.offset!) }];
      showNote(byId("events-notes"), "error", "bad", `${error.message.replace(/\.$/, "")}. The metrics cover the other ${counted(count, "event")}; ${counted(skipped, "line")} skipped.`, where);
    }
  });
  bench.on(["traced"], ({ traced, evaluation }) => {
    mapping.showTallies((traced?.sources ?? []).filter((source) => source.file === bench.now.mappingName));
    if (evaluation !== null) events.showMarks({ places, states: traced?.states ?? new Map(), bad });
  });
}

/** An answer that takes longer than this, to many events, makes the page offer to read fewer. */
const SLOW_MS = 2500;
const MANY = 2_000_000;

/** Tells when the engine reads only the first events, offers that where it is slow, and greys results that are of something else. */
export function tellWhatIsShown(bench: Bench, events: EventsEditor, readFew: (isFew: boolean) => void): void {
  let told = "";
  const tell = (text: string, actions: readonly NoteAction[]): void => {
    if (text === told) return;
    told = text;
    if (text === "") hideNote(byId("events-notes"), "many");
    else showNote(byId("events-notes"), "many", "info", text, actions);
  };
  bench.on(["settled"], ({ unsent, evaluation, took }) => {
    const count = counted(evaluation?.events.count ?? 0, "event");
    if (unsent > 0) tell(`The engine reads the first ${count} only.`, [{ text: "Read all", run: () => readFew(false) }]);
    else if ((took ?? 0) > SLOW_MS && events.length > MANY) tell("With so many events, each answer takes seconds.", [{ text: "Read the first only", run: () => readFew(true) }]);
    else if (events.length <= MANY) tell("", []);
  });
  bench.on(["isOutdated"], ({ isOutdated }) => byId("panels").classList.toggle("stale", isOutdated));
}

/** Tells when the engine has begun anew, or cannot be reached. */
export function tellAboutEngine(bench: Bench): void {
  bench.on(["engine"], ({ engine }) => {
    if (engine.message === "") hideNote(byId("mapping-notes"), "engine");
    else showNote(byId("mapping-notes"), "engine", engine.state === "lost" ? "bad" : "warn", engine.message);
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
    for (const [id, name] of [["mapping-name", bench.now.mappingName], ["events-name", bench.now.eventsName ?? ""]] as const) {
      byId(id).textContent = name.split("/").at(-1)!;
      byId(id).title = name;
    }
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
