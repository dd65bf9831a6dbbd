/** YAML in the mapping editor: colours, folding, indentation; JSON paths stand out. */
import { foldNodeProp, indentService, indentUnit, Language, LanguageSupport, defineLanguageFacet, languageDataProp } from "@codemirror/language";
import { Decoration, MatchDecorator, ViewPlugin, type DecorationSet, type EditorView, type ViewUpdate } from "@codemirror/view";
import { parser } from "@lezer/yaml";
import type { EditorState } from "@codemirror/state";
import type { SyntaxNode } from "@lezer/common";
import { indentationOf } from "../text/indentation";

function foldBlock(node: SyntaxNode, state: EditorState): { from: number; to: number } | null {
  const from = state.doc.lineAt(node.from).to;
  let to = node.to;
  while (to > from && /\s/.test(state.sliceDoc(to - 1, to))) to -= 1;
  return to > from ? { from, to } : null;
}

const data = defineLanguageFacet({ commentTokens: { line: "#" }, closeBrackets: { brackets: ["{", "[", "'", '"'] } });
const configured = parser.configure({
  props: [
    foldNodeProp.add({ Pair: foldBlock, Item: foldBlock, "FlowMapping FlowSequence": (node) => ({ from: node.from + 1, to: node.to - 1 }) }),
    languageDataProp.add({ Stream: data }),
  ],
});
const yaml = new Language(data, configured, [], "yaml");

/** A new line is as deep as the one before it, or deeper where that opens a block. */
const indentation = indentService.of((context, at) => {
  const line = context.state.doc.lineAt(at);
  const before = context.simulatedBreak === at ? line.text.slice(0, at - line.from) : line.number > 1 ? context.state.doc.line(line.number - 1).text : "";
  const spaces = /^\s*/.exec(before)![0].length;
  const dashes = /^(?:- +)+/.exec(before.slice(spaces))?.[0].length ?? 0;
  const content = before.replace(/\s+#.*$/, "").trimEnd();
  if (/:$/.test(content)) return spaces + dashes + context.unit;
  return spaces + dashes;
});

/** Tab, a new block and completed blocks indent as the text does. */
const unit = indentUnit.compute(["doc"], ({ doc }) => " ".repeat(indentationOf(doc.iterLines())));

const PATHS = new MatchDecorator({
  regexp: /(?<![\w$])\$(?:key|parent)?(?:\.\w[\w-]*|\[[^\]\n]{0,80}\])+/g,
  decoration: Decoration.mark({ class: "cm-path" }),
});

const paths = ViewPlugin.fromClass(
  class {
    drawn: DecorationSet;

    constructor(view: EditorView) {
      this.drawn = PATHS.createDeco(view);
    }

    update(update: ViewUpdate): void {
      this.drawn = PATHS.updateDeco(update, this.drawn);
    }
  },
  { decorations: (plugin) => plugin.drawn },
);

export const yamlSupport = [new LanguageSupport(yaml), indentation, unit, paths];
