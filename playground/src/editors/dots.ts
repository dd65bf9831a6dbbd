/** The gutter of the events: what became of each, told by shape and by word, never by colour alone. */
import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, gutter, GutterMarker } from "@codemirror/view";
import type { State } from "../answers";
import { svg } from "../look/dom";
import { EventPlaces } from "../text/event_places";

export type Mark = State | "waiting";

export interface Marks {
  places: EventPlaces;
  /** By number; what is missing has not been asked for yet. */
  states: ReadonlyMap<number, State>;
  /** Places that are not JSON, by UTF-16 offset. */
  bad: readonly { offset: number; message: string }[];
}

export const WORDS: Record<Mark, string> = {
  made: "made a sample",
  stopped: "stopped: read, and no sample",
  unread: "not read: no rule reads its type",
  dropped: "dropped by a rule",
  malformed: "not an event",
  waiting: "not looked at yet",
};

export const NONE: Marks = { places: EventPlaces.none, states: new Map(), bad: [] };

export const setMarks = StateEffect.define<Marks>();

export const marks = StateField.define<Marks>({
  create: () => NONE,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setMarks)) return effect.value;
    if (!transaction.docChanged) return value;
    let { places } = value;
    transaction.changes.iterChanges((fromA, toA, fromB, toB) => {
      places = places.moved({ from: fromB, to: fromB + (toA - fromA), inserted: toB - fromB });
    });
    const bad = value.bad.map((one) => ({ ...one, offset: transaction.changes.mapPos(one.offset) }));
    return { places, states: value.states, bad };
  },
});

/** Returns the shape of a mark, 11 by 11 pixels. */
export function shape(mark: Mark): SVGElement {
  const color = { made: "--good", stopped: "--warn", unread: "--line-strong", dropped: "--muted", malformed: "--bad", waiting: "--line" }[mark];
  const paint = `var(${color})`;
  const parts: Record<Mark, () => SVGElement[]> = {
    made: () => [svg("circle", { cx: 5.5, cy: 5.5, r: 4, fill: paint })],
    stopped: () => [svg("path", { d: "M5.5 1.2 9.8 5.5 5.5 9.8 1.2 5.5Z", fill: "none", stroke: paint, "stroke-width": 1.6 })],
    unread: () => [svg("circle", { cx: 5.5, cy: 5.5, r: 3.2, fill: "none", stroke: paint, "stroke-width": 1.3 })],
    dropped: () => [svg("path", { d: "M1.5 5.5H9.5", stroke: paint, "stroke-width": 2, "stroke-linecap": "round" })],
    malformed: () => [svg("path", { d: "M2 2 9 9M9 2 2 9", stroke: paint, "stroke-width": 1.9, "stroke-linecap": "round" })],
    waiting: () => [svg("circle", { cx: 5.5, cy: 5.5, r: 1.4, fill: paint })],
  };
  return svg("svg", { viewBox: "0 0 11 11", width: 11, height: 11, role: "img", "aria-label": WORDS[mark] }, svg("title", {}, WORDS[mark]), ...parts[mark]());
}

class Dot extends GutterMarker {
  constructor(
    readonly title: string,
    readonly mark: Mark,
  ) {
    super();
  }

  override eq(other: Dot): boolean {
    return other.title === this.title && other.mark === this.mark;
  }

  override toDOM(): Node {
    const holder = document.createElement("span");
    holder.className = "cm-dot";
    holder.title = this.title;
    holder.append(shape(this.mark));
    return holder;
  }
}

/** Returns the gutter; `chosen` is called with the number of the event whose dot is clicked. */
export function dots(chosen: (number: number) => void): Extension {
  return [
    marks,
    gutter({
      class: "cm-dots",
      renderEmptyElements: false,
      lineMarker(view, line) {
        const { places, states, bad } = view.state.field(marks);
        const number = places.beginning(line.from, line.to);
        if (number !== null) {
          const mark = states.get(number) ?? "waiting";
          return new Dot(`event ${number}: ${WORDS[mark]}`, mark);
        }
        const wrong = bad.find(({ offset }) => line.from <= offset && offset <= line.to);
        return wrong === undefined ? null : new Dot(wrong.message, "malformed");
      },
      lineMarkerChange: (update) => update.startState.field(marks) !== update.state.field(marks),
      initialSpacer: () => new Dot("", "waiting"),
      domEventHandlers: {
        click(view: EditorView, line) {
          const number = view.state.field(marks).places.within(line.from, line.to);
          if (number !== null) chosen(number);
          return number !== null;
        },
      },
    }),
  ];
}
