/** Starts the page. */
import type { Ask } from "./answers";
import { EventsEditor } from "./editors/events";
import { MappingEditor } from "./editors/mapping";
import { whenAsked, type Backend, type Mode } from "./engine/backend";
import { Chain } from "./engine/chain";
import { localBackend, Server, takeToken } from "./engine/local";
import { workerBackend } from "./engine/worker";
import { Documents } from "./desk/documents";
import { Drafts } from "./desk/drafts";
import { makeHeader } from "./desk/header";
import { connect } from "./desk/lighting";
import { LocalFiles } from "./desk/local_files";
import { hideNote, showNote } from "./desk/notes";
import { Opening } from "./desk/opening";
import { Saving, type SavedFile } from "./desk/saving";
import { listen } from "./desk/shortcuts";
import { announceResults, showInEditors, showNames, tellAboutEngine, tellWhatIsShown } from "./desk/wiring";
import { tokenIn, type EventsFile } from "./files";
import { button, copyText } from "./look/controls";
import { toast } from "./look/dialog";
import { byId, el } from "./look/dom";
import { timeOfDay } from "./look/numbers";
import { applyTheme } from "./look/theme";
import { cardinalityPanel } from "./panes/cardinality";
import { changesPanel } from "./panes/changes";
import { eventPanel } from "./panes/event";
import { metricsPanel } from "./panes/metrics";
import type { Desk, Hands } from "./panes/panel";
import { problemsPane } from "./panes/problems";
import { showShare } from "./panes/share_dialog";
import { makeSplits } from "./panes/splits";
import { statusLine } from "./panes/status";
import { makeTabs } from "./panes/tabs";
import { showTest } from "./panes/test_dialog";
import { unreadPanel } from "./panes/unread";
import { FIRST, prefetchExample } from "./sharing/examples";
import { readFragment } from "./sharing/link";
import { makeBench, type Pane } from "./state/model";
import { completion } from "./completing/completion";
import { messageOf } from "./text/errors";

/** The worker's file, relative to the page; null where a local server answers. Written by the build. */
declare const WORKER_FILE: string | null;
/** The documentation, relative to the static page. */
const DOCS = "../";
/** The documentation, with a slash at its end; null if none is known. */
let docs: string | null = null;
/** A playground that others can open, without a fragment; null if none is known. */
let site: string | null = null;

applyTheme();
const asked = readFragment(location.hash);
const mode: Mode = WORKER_FILE === null ? "local" : "static";
const token = mode === "local" ? takeToken() : null;
const server = mode === "local" ? new Server(token) : null;
if (server === null && asked.kind !== "shared") prefetchExample(asked.kind === "example" ? asked.name : FIRST);
const localFiles = server === null ? null : new LocalFiles(server);
let drafts: Drafts | null = null;
const bench = makeBench();
const backend: Backend = server === null ? whenAsked(() => workerBackend(WORKER_FILE!)) : localBackend(server);
const ask: Ask = (question, args) => backend.ask(question, args);

const hands: Hands = {
  goToLine(file, line) {
    if (file !== bench.now.mappingName) {
      toast(`${file}:${line} is not in this mapping: it is included.`);
      return;
    }
    bench.set({ pane: "mapping" });
    mapping.goTo(line);
  },
  showEvent(number) {
    bench.set({ event: number, series: null, tab: "event", pane: "results" });
    events.reveal(number);
  },
  insertMetric(block, name) {
    const line = mapping.insertMetric(block);
    if (line === null) {
      void copyText(block);
      toast("The metrics are written in braces, so the draft was copied instead: paste it where it belongs.");
    } else toast(`${name} is added at line ${line}`);
  },
  tell: toast,
  eventText: (number) => events.eventText(number),
};

const mapping: MappingEditor = new MappingEditor(
  byId("mapping-editor"),
  () => edited(() => chain.mappingChanged()),
  completion(bench, (question, args) => chain.about(question, args)),
);
const events: EventsEditor = new EventsEditor(byId("events-editor"), {
  changed() {
    hideNote(byId("events-notes"), "converted");
    edited(() => chain.eventsChanged());
  },
  moved: (event) => bench.set({ event, series: null }),
  chosen: (event) => bench.set({ event, series: null, tab: "event", pane: "results" }),
  pasted() {
    bench.set({ eventsName: null });
    events.goToBegin();
    documents.forgetRecording();
    void documents.convert(null);
  },
  scrolled: (first, last) => void chain.look(first, last),
});
const chain = new Chain(backend, bench, { mapping: () => mapping.text, events: () => events.text });
const documents = new Documents(bench, mapping, events, byId("mapping-notes"), byId("events-notes"), () => ask);
const opening = new Opening(bench, documents, chain, byId("mapping-notes"));

function edited(then: () => void): void {
  documents.changed();
  opening.showAddress();
  showSaved();
  then();
}

/** Shows whether something is not saved, and keeps it in the browser. */
function showSaved(): void {
  header?.setDirty(documents.isDirty, documents.isSaveable);
  drafts?.keep(documents.isUnsaved ? () => ({ ...documents.draft(), digest: localFiles?.mappingDigest ?? null }) : null);
}

addEventListener("beforeunload", (event) => {
  // With a token in the address, the page is about to load again by itself.
  if (documents.isDirty && tokenIn(location.hash) === null) event.preventDefault();
});

const desk: Desk = { bench, chain, hands };
const picker = el("input", { type: "file", multiple: true, class: "unseen", tabindex: -1, "aria-hidden": "true" });
picker.addEventListener("change", () => {
  void documents.open([...(picker.files ?? [])]);
  picker.value = "";
});
document.body.append(picker);

function pin(): void {
  if (bench.now.pinned !== null) bench.set({ pinned: null });
  else {
    bench.set({ pinned: { text: mapping.text, at: timeOfDay(new Date()) } });
    toast("Pinned: Changes shows what differs from now on");
  }
}

async function makeTest(): Promise<void> {
  const count = bench.now.evaluation?.events.count ?? 0;
  if (count === 0) {
    toast("Write or open some events first.");
    return;
  }
  const test = await chain.about("as_test", {}).catch((error: unknown) => void toast(messageOf(error)));
  if (test) showTest(test, count, toast);
  else if (bench.now.settled === 0) toast("The engine is still starting.");
  else toast("Correct the errors in the mapping first.");
}

async function share(): Promise<void> {
  const sharing = await opening.link(site).catch((error: unknown) => void toast(messageOf(error)));
  if (sharing) showShare(sharing, toast);
}

let header: ReturnType<typeof makeHeader> | null = null;

/** Makes all that is around the editors. */
function build(file: SavedFile | null): Saving {
  const saving = new Saving(bench, documents, file, showSaved);
  header = makeHeader(bench, mode, file !== null, {
    choose: (name) => void opening.example(name),
    open: () => picker.click(),
    test: () => void makeTest(),
    pin,
    share: () => void share(),
    save: () => void saving.save(),
  });
  header.setDirty(false, false);
  buildPanes(saving);
  showNames(bench);
  showInEditors(bench, mapping, events);
  announceResults(bench);
  tellAboutEngine(bench);
  tellWhatIsShown(bench, events, (isFew) => chain.readFew(isFew));
  connect(bench, chain, mapping, events);
  listen(bench, {
    save: () => void saving.save(),
    focus,
    step: (by) => hands.showEvent(Math.max(1, Math.min(bench.now.evaluation?.events.count ?? 1, (bench.now.event ?? 0) + by))),
    open: (dropped) => void documents.open(dropped),
  });
  return saving;
}

function buildPanes(saving: Saving): void {
  const badge = button("", firstProblem, { class: "pill" });
  byId("mapping-tools").append(badge, button("Download the mapping", () => saving.download(), { icon: "download", iconOnly: true, class: "small plain" }));
  problemsPane(byId("problems"), badge, bench, { goTo: (problem) => mapping.goToProblem(problem), docs: (url) => (docs === null ? null : docs + url) });
  const compact = el("input", { type: "checkbox", checked: true, on: { change: () => events.showCompact(compact.checked) } });
  byId("events-tools").append(el("label", { class: "check", title: "Show time, type and record; the text stays as it is" }, compact, "compact"));
  const panels = [metricsPanel(desk), eventPanel(desk), unreadPanel(desk), cardinalityPanel(desk), changesPanel(desk, pin)];
  makeTabs(byId("tabs"), byId("panels"), bench, panels);
  makeSplits(byId("bench"), byId("split-a"), byId("split-b"));
  statusLine(byId("status"), bench, mode);
}

function focus(pane: Pane): void {
  if (pane === "mapping") mapping.focus();
  else if (pane === "events") events.focus();
  else document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus();
}

/** Goes to the first error, or else to the first warning. */
function firstProblem(): void {
  const placed = (bench.now.evaluation?.problems ?? []).filter((one) => one.line !== undefined);
  const problem = placed.find((one) => one.severity === "error") ?? placed[0];
  if (problem !== undefined) mapping.goToProblem(problem);
}

async function greet(): Promise<void> {
  try {
    const hello = await ask("hello", {});
    bench.set({ engine: { state: "ready", hello, message: "" } });
  } catch (error) {
    bench.set({ engine: { state: "lost", hello: null, message: messageOf(error) } });
  }
}

/** Opens the page of the examples and of links. */
async function startWithExamples(): Promise<void> {
  drafts = new Drafts("telemap-draft", () => sessionStorage);
  const saving = build(null);
  await opening.begin();
  opening.follow();
  offerDraft(saving);
  documents.replaced = (draft) => {
    drafts?.putAside({ ...draft, digest: null });
    offerDraft(saving);
  };
  header!.setExamples(await opening.examples());
}

/** Opens the page of the files that the local server was started with. */
function startWithFile(file: SavedFile, recording: EventsFile | null): void {
  const key = file.mapping.path ?? file.mapping.name;
  drafts = new Drafts(`telemap-draft ${key}`, () => localStorage);
  const saving = build(file);
  file.files.accept("mapping", file.mapping);
  file.files.accept("events", recording);
  documents.showMappingFile(file.mapping);
  if (recording !== null) documents.showEventsFile(recording);
  showSaved();
  chain.start();
  saving.watch();
  offerDraft(saving);
}

function offerDraft(saving: Saving): void {
  drafts?.offer(byId("mapping-notes"), mapping.text, events.text, (draft) => saving.restore(draft));
}

async function start(): Promise<void> {
  if (localFiles === null) {
    docs = DOCS;
    site = location.href.replace(/#.*$/s, "");
    await startWithExamples();
    void greet();
    return;
  }
  const greeted = greet();
  const files = await localFiles.read().catch((error: unknown) => {
    showNote(byId("mapping-notes"), "server", "bad", messageOf(error));
    return null;
  });
  await greeted;
  docs = files?.documentation ?? null;
  site = files?.site ?? null;
  if (files?.mapping) startWithFile({ files: localFiles, mapping: files.mapping }, files.events);
  else await startWithExamples();
}

void start();
