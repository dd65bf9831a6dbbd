/** JSON in the events editor: colours and compact events, for the lines in view only. */
import { Annotation, type Extension, StateEffect, StateField, type Range } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate, WidgetType } from "@codemirror/view";
import { envelope, jsonTokens } from "../text/json_tokens";

/** Beyond this many characters of a line, there are no colours. */
const LONGEST = 4000;

export const setCompact = StateEffect.define<boolean>();
export const byProgram = Annotation.define<boolean>();

interface View {
  compact: boolean;
  /** The line, from 1, that is shown as it is, because it was typed in; 0 if there is none. */
  raw: number;
}

const shown = StateField.define<View>({
  create: () => ({ compact: true, raw: 0 }),
  update(value, transaction) {
    let { compact, raw } = value;
    const line = transaction.state.doc.lineAt(transaction.state.selection.main.head).number;
    if (transaction.docChanged) raw = transaction.annotation(byProgram) === true ? 0 : line;
    else if (transaction.selection !== undefined && line !== raw) raw = 0;
    for (const effect of transaction.effects) if (effect.is(setCompact)) compact = effect.value;
    return compact === value.compact && raw === value.raw ? value : { compact, raw };
  },
});

class Clock extends WidgetType {
  constructor(readonly text: string) {
    super();
  }

  override eq(other: Clock): boolean {
    return other.text === this.text;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = "cm-clock";
    element.textContent = this.text;
    return element;
  }
}

class Spacer extends WidgetType {
  override eq(): boolean {
    return true;
  }

  override toDOM(): HTMLElement {
    const element = document.createElement("span");
    element.className = "cm-spacer";
    return element;
  }
}

const KINDS = {
  key: Decoration.mark({ class: "cm-json-key" }),
  string: Decoration.mark({ class: "cm-json-string" }),
  number: Decoration.mark({ class: "cm-json-number" }),
  word: Decoration.mark({ class: "cm-json-word" }),
  mark: Decoration.mark({ class: "cm-json-mark" }),
};
const TYPE = Decoration.mark({ class: "cm-event-type" });
const SPACER = Decoration.replace({ widget: new Spacer() });
const HIDDEN = Decoration.replace({});

function compacted(text: string, at: number): Range<Decoration>[] {
  const found = envelope(text);
  if (found === null) return [];
  const [from, to] = found.type;
  const ranges = [
    Decoration.replace({ widget: new Clock(found.clock) }).range(at, at + from),
    HIDDEN.range(at + from, at + from + 1),
    HIDDEN.range(at + to - 1, at + to),
  ];
  if (found.record !== null && found.closing !== null) {
    ranges.push(SPACER.range(at + found.record[0], at + found.record[1]), HIDDEN.range(at + found.closing[0], at + found.closing[1]));
  }
  return ranges;
}

function draw(view: EditorView): { colors: DecorationSet; hidden: DecorationSet } {
  const { compact, raw } = view.state.field(shown);
  const colors: Range<Decoration>[] = [];
  const hidden: Range<Decoration>[] = [];
  let drawn = 0;
  for (const { from, to } of view.visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = view.state.doc.lineAt(at);
      at = line.to + 1;
      if (line.number <= drawn) continue;
      drawn = line.number;
      const text = line.text.slice(0, LONGEST);
      const type = envelope(text)?.type;
      for (const token of jsonTokens(text)) {
        const isType = type !== undefined && token.from === type[0];
        colors.push((isType ? TYPE : KINDS[token.kind]).range(line.from + token.from, line.from + token.to));
      }
      if (compact && line.number !== raw && line.length <= LONGEST) hidden.push(...compacted(line.text, line.from));
    }
  }
  return { colors: Decoration.set(colors), hidden: Decoration.set(hidden, true) };
}

const lines = ViewPlugin.fromClass(
  class {
    drawn: { colors: DecorationSet; hidden: DecorationSet };

    constructor(view: EditorView) {
      this.drawn = draw(view);
    }

    update(update: ViewUpdate): void {
      if (update.docChanged || update.viewportChanged || update.startState.field(shown) !== update.state.field(shown)) {
        this.drawn = draw(update.view);
      }
    }
  },
  {
    provide: (plugin) => [
      EditorView.decorations.of((view) => view.plugin(plugin)?.drawn.colors ?? Decoration.none),
      EditorView.decorations.of((view) => view.plugin(plugin)?.drawn.hidden ?? Decoration.none),
      EditorView.atomicRanges.of((view) => view.plugin(plugin)?.drawn.hidden ?? Decoration.none),
    ],
  },
);

export const jsonSupport: Extension = [shown, lines];
