/** The mapping editor. */
import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { Prec, type Extension } from "@codemirror/state";
import { EditorView, keymap } from "@codemirror/view";
import type { Problem, Source } from "../answers";
import { offsetOfColumn } from "../text/columns";
import { metricInsertion } from "../text/insertion";
import { folding, makeEditor, replaceText } from "./base";
import { light, lit, reveal, type Lines } from "./lit";
import { placeOf, showProblems, squiggles } from "./squiggles";
import { showTallies, tallies } from "./tallies";
import { yamlSupport } from "./yaml";

export class MappingEditor {
  private readonly view: EditorView;
  private problems: readonly Problem[] = [];

  constructor(parent: HTMLElement, changed: () => void, completion: Extension) {
    const listen = EditorView.updateListener.of((update) => {
      if (update.docChanged) changed();
    });
    const keys = keymap.of([
      { key: "F8", run: () => this.nextProblem(1), shift: () => this.nextProblem(-1) },
      ...closeBracketsKeymap,
    ]);
    this.view = makeEditor(
      parent,
      "Mapping, YAML",
      Prec.high(keys),
      [folding, yamlSupport, squiggles, tallies, lit, closeBrackets(), completion, listen],
    );
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Replaces the text; it can be undone. */
  set text(text: string) {
    replaceText(this.view, text);
  }

  showProblems(problems: readonly Problem[]): void {
    this.problems = problems;
    showProblems(this.view, problems);
  }

  showTallies(sources: readonly Source[]): void {
    showTallies(this.view, sources);
  }

  /** Lights up blocks of lines, and scrolls to the first. */
  light(blocks: readonly Lines[], scroll: boolean): void {
    light(this.view, blocks);
    if (scroll && blocks[0] !== undefined) reveal(this.view, blocks[0][0]);
  }

  /** Puts the cursor at a line and a column, from 1 and in code points, and moves the focus there. */
  goTo(line: number, column = 1): void {
    const { doc } = this.view.state;
    const target = doc.line(Math.max(1, Math.min(line, doc.lines)));
    this.select(target.from + offsetOfColumn(target.text, column));
  }

  goToProblem(problem: Problem): void {
    const place = placeOf(this.view.state, problem);
    if (place !== null) this.select(place.from, place.to);
  }

  /** Inserts a metric below `metrics:`; `block` is indented by two spaces. Returns its first line, from 1, or null where it cannot stand. */
  insertMetric(block: string): number | null {
    const found = metricInsertion(this.text, block);
    if (found === null) return null;
    const { from, to, insert, line } = found;
    this.view.dispatch({
      changes: { from, to, insert },
      userEvent: "input.complete",
      effects: EditorView.scrollIntoView(from, { y: "center" }),
    });
    return line;
  }

  focus(): void {
    this.view.focus();
  }

  private select(from: number, to = from): boolean {
    this.view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
    this.view.focus();
    return true;
  }

  private nextProblem(step: 1 | -1): boolean {
    const places = this.problems.flatMap((problem) => placeOf(this.view.state, problem) ?? []).sort((one, other) => one.from - other.from);
    if (places.length === 0) return false;
    const { from } = this.view.state.selection.main;
    const next = step === 1 ? places.find((place) => place.from > from) : places.findLast((place) => place.from < from);
    const place = next ?? places.at(step === 1 ? 0 : -1)!;
    return this.select(place.from, place.to);
  }
}
