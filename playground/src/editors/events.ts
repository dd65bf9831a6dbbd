/** The events editor. */
import { EditorView } from "@codemirror/view";
import { placeholder } from "@codemirror/view";
import { makeEditor } from "./base";
import { dots, marks, NONE, setMarks, type Marks } from "./dots";
import { byProgram, jsonSupport, setCompact } from "./json";
import { light, lit, reveal, type Lines } from "./lit";

export interface Listeners {
  changed: () => void;
  /** The event, numbered from 1, that the cursor is in now. */
  moved: (number: number) => void;
  chosen: (number: number) => void;
  /** Text was pasted into an empty editor, or over all of it. */
  pasted: () => void;
  /** Other events are in view. */
  scrolled: (first: number, last: number) => void;
}

export class EventsEditor {
  private readonly view: EditorView;

  constructor(parent: HTMLElement, listeners: Listeners) {
    const listen = EditorView.updateListener.of((update) => {
      if (update.docChanged) listeners.changed();
      const isOwn = update.transactions.some((transaction) => transaction.annotation(byProgram) === true);
      if (update.selectionSet && !isOwn) {
        const { head } = update.state.selection.main;
        const line = update.state.doc.lineAt(head);
        const number = update.state.field(marks).places.within(line.from, line.to);
        if (number !== null) listeners.moved(number);
      }
      if (update.viewportChanged || update.startState.field(marks).places !== update.state.field(marks).places) {
        const { from, to } = update.view.viewport;
        const { places } = update.state.field(marks);
        const first = places.firstFrom(from);
        const last = Math.min(places.count, places.firstFrom(to));
        if (first <= last) listeners.scrolled(first, last);
      }
    });
    const paste = EditorView.domEventHandlers({
      paste(event, view) {
        const text = event.clipboardData?.getData("text/plain") ?? "";
        const { from, to } = view.state.selection.main;
        const isWhole = to - from === view.state.doc.length || (view.state.doc.length < 1000 && view.state.doc.toString().trim() === "");
        if (text !== "" && isWhole) setTimeout(listeners.pasted, 0);
        return false;
      },
    });
    this.view = makeEditor(parent, "Events, JSON", [], [
      dots(listeners.chosen),
      jsonSupport,
      lit,
      listen,
      paste,
      placeholder("Paste events or a log, or drop a file."),
    ]);
  }

  /** In UTF-16 code units. */
  get length(): number {
    return this.view.state.doc.length;
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Replaces the text; it can be undone. */
  set text(text: string) {
    this.view.dispatch({
      changes: { from: 0, to: this.view.state.doc.length, insert: text },
      selection: { anchor: 0 },
      annotations: byProgram.of(true),
      effects: [EditorView.scrollIntoView(0, { y: "start", x: "start", yMargin: 20, xMargin: 60 }), setMarks.of(NONE)],
    });
  }

  showMarks(value: Marks): void {
    this.view.dispatch({ effects: setMarks.of(value) });
  }

  showCompact(compact: boolean): void {
    this.view.dispatch({ effects: setCompact.of(compact) });
  }

  /** The text of an event; null if there is none of this number. */
  eventText(number: number): string | null {
    const range = this.view.state.field(marks).places.range(number);
    return range === null ? null : this.view.state.sliceDoc(...range);
  }

  /** Lights up events, and scrolls to the first. */
  light(numbers: readonly number[], scroll: boolean): void {
    const { places } = this.view.state.field(marks);
    const { doc } = this.view.state;
    const blocks = numbers.flatMap((number): Lines[] => {
      const range = places.range(number);
      return range === null || range[1] > doc.length ? [] : [[doc.lineAt(range[0]).number, doc.lineAt(range[1]).number]];
    });
    light(this.view, blocks);
    if (scroll && blocks[0] !== undefined) reveal(this.view, blocks[0][0]);
  }

  /** Scrolls to an event. */
  reveal(number: number): void {
    const range = this.view.state.field(marks).places.range(number);
    if (range !== null) reveal(this.view, this.view.state.doc.lineAt(Math.min(range[0], this.view.state.doc.length)).number);
  }

  /** Scrolls to the beginning, and puts the cursor there. */
  goToBegin(): void {
    this.view.dispatch({ selection: { anchor: 0 }, annotations: byProgram.of(true), effects: EditorView.scrollIntoView(0, { y: "start", x: "start", yMargin: 20, xMargin: 60 }) });
  }

  /** Puts the cursor at an offset, and moves the focus there. */
  goTo(offset: number): void {
    const anchor = Math.min(offset, this.view.state.doc.length);
    this.view.dispatch({
      selection: { anchor },
      annotations: byProgram.of(true),
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }
}
