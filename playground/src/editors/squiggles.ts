/** Problems under the text: a wavy line, and the message when it is pointed at. */
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, hoverTooltip } from "@codemirror/view";
import type { Problem } from "../answers";
import { el } from "../look/dom";
import { offsetOfColumn } from "../text/columns";

const setProblems = StateEffect.define<readonly Problem[]>();

interface Squiggles {
  problems: readonly Problem[];
  drawn: DecorationSet;
}

/** Returns the offsets of a problem's place in its first line, at least one character wide if there is one; null if it has no place in this text. */
export function placeOf(state: EditorState, problem: Problem): { from: number; to: number } | null {
  if (problem.line === undefined || problem.line > state.doc.lines) return null;
  const first = state.doc.line(problem.line);
  const goesOn = (problem.end_line ?? problem.line) > problem.line;
  const from = first.from + offsetOfColumn(first.text, problem.column ?? 1);
  const to = goesOn ? first.to : first.from + offsetOfColumn(first.text, problem.end_column ?? problem.column ?? 1);
  if (to > from) return { from, to };
  if (from < first.to) return { from, to: from + 1 };
  return { from: Math.max(first.from, from - 1), to: Math.max(from, first.from) };
}

function draw(state: EditorState, problems: readonly Problem[]): DecorationSet {
  const marks = problems.flatMap((problem, index) => {
    const place = placeOf(state, problem);
    if (place === null || place.from === place.to) return [];
    const mark = Decoration.mark({ class: `cm-squiggle cm-squiggle-${problem.severity}`, index });
    return [mark.range(place.from, place.to)];
  });
  return Decoration.set(marks, true);
}

const field = StateField.define<Squiggles>({
  create: () => ({ problems: [], drawn: Decoration.none }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setProblems)) return { problems: effect.value, drawn: draw(transaction.state, effect.value) };
    }
    return transaction.docChanged ? { ...value, drawn: value.drawn.map(transaction.changes) } : value;
  },
  provide: (self) => EditorView.decorations.from(self, (value) => value.drawn),
});

function described(problem: Problem): HTMLElement {
  return el(
    "div",
    { class: "cm-hover" },
    el("b", { class: problem.severity }, problem.severity),
    ` ${problem.message} `,
    el("code", {}, `[${problem.code}]`),
    problem.help === null ? null : el("div", { class: "help" }, problem.help),
  );
}

const hover = hoverTooltip((view, at) => {
  const { problems, drawn } = view.state.field(field);
  const found: { from: number; to: number; problem: Problem }[] = [];
  drawn.between(at, at, (from, to, mark) => {
    const problem = problems[mark.spec.index as number];
    if (problem !== undefined) found.push({ from, to, problem });
  });
  if (found.length === 0) return null;
  return {
    pos: Math.min(...found.map((one) => one.from)),
    end: Math.max(...found.map((one) => one.to)),
    above: true,
    create: () => ({ dom: el("div", {}, ...found.map((one) => described(one.problem))) }),
  };
});

export const squiggles = [field, hover];

/** Shows these problems, and no others. */
export function showProblems(view: EditorView, problems: readonly Problem[]): void {
  view.dispatch({ effects: setProblems.of(problems) });
}
