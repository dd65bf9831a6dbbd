/** Lines that are lit up because they have to do with what is selected elsewhere. */
import { type EditorState, RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";

/** First and last line, from 1. */
export type Lines = readonly [first: number, last: number];

const setLit = StateEffect.define<readonly Lines[]>();
const LINE = Decoration.line({ class: "cm-lit" });

function decorations(state: EditorState, blocks: readonly Lines[]): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  let next = 1;
  for (const [first, last] of [...blocks].sort((one, other) => one[0] - other[0])) {
    for (let line = Math.max(first, next); line <= Math.min(last, state.doc.lines); line += 1) {
      const { from } = state.doc.line(line);
      builder.add(from, from, LINE);
    }
    next = Math.max(next, last + 1);
  }
  return builder.finish();
}

export const lit = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setLit)) return decorations(transaction.state, effect.value);
    return transaction.docChanged ? value.map(transaction.changes) : value;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Lights up these lines, and no others. */
export function light(view: EditorView, blocks: readonly Lines[]): void {
  if (blocks.length === 0 && view.state.field(lit).size === 0) return;
  view.dispatch({ effects: setLit.of(blocks) });
}

/** Scrolls so that a line is seen, if it is not. */
export function reveal(view: EditorView, line: number): void {
  const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
  const block = view.lineBlockAt(from);
  const { scrollTop, clientHeight } = view.scrollDOM;
  if (block.top < scrollTop || block.bottom > scrollTop + clientHeight) {
    view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "center" }) });
  }
}
