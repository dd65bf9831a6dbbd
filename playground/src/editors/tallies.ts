/** Counts at the end of a line: how many samples a source made of the events that it read. */
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { Source } from "../answers";
import { counted } from "../look/dom";

const setTallies = StateEffect.define<readonly Source[]>();

/** Returns what is said of a source, such as "11 samples" or "none of 22 events". */
export function tallyText(source: Pick<Source, "made" | "read">): string {
  if (source.made > 0) return counted(source.made, "sample");
  return source.read > 0 ? `none of ${counted(source.read, "event")}` : "reads no event";
}

class Tally extends WidgetType {
  constructor(
    readonly text: string,
    readonly kind: string,
  ) {
    super();
  }

  override eq(other: Tally): boolean {
    return other.text === this.text && other.kind === this.kind;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = `cm-tally ${this.kind}`;
    element.textContent = this.text;
    return element;
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

function draw(state: EditorState, sources: readonly Source[]): DecorationSet {
  const widgets = sources.flatMap((source) => {
    if (source.line > state.doc.lines) return [];
    const kind = source.made > 0 ? "" : source.read > 0 ? "cm-tally-none" : "cm-tally-idle";
    return [Decoration.widget({ widget: new Tally(tallyText(source), kind), side: 1 }).range(state.doc.line(source.line).to)];
  });
  return Decoration.set(widgets, true);
}

export const tallies = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setTallies)) return draw(transaction.state, effect.value);
    return transaction.docChanged ? value.map(transaction.changes) : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Shows the counts of these sources, which are all in the text of this editor. */
export function showTallies(view: EditorView, sources: readonly Source[]): void {
  view.dispatch({ effects: setTallies.of(sources) });
}
