/** What both editors share. Each lives in a shadow root: there, CodeMirror adopts style sheets, which a strict content security policy allows. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap } from "@codemirror/language";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import {
  drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, tooltips,
} from "@codemirror/view";
import { look } from "./theme";

function foldMarker(open: boolean): HTMLElement {
  const marker = document.createElement("span");
  marker.className = "cm-fold";
  marker.textContent = open ? "▾" : "▸";
  marker.title = open ? "Fold" : "Unfold";
  return marker;
}

export const folding: Extension = [codeFolding(), foldGutter({ markerDOM: foldMarker }), keymap.of(foldKeymap)];

/** CodeMirror's words, as the rest of the page writes them. */
const phrases = {
  next: "Next",
  previous: "Previous",
  all: "All",
  "match case": "Match case",
  regexp: "Regex",
  "by word": "Whole words",
  replace: "Replace",
  "replace all": "Replace all",
  close: "Close",
  go: "Go",
};

const common: Extension = [
  lineNumbers(),
  history(),
  drawSelection(),
  dropCursor(),
  highlightSpecialChars(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  highlightSelectionMatches({ minSelectionLength: 2, maxMatches: 200 }),
  bracketMatching(),
  search({ top: false }),
  tooltips({ position: "fixed" }),
  EditorState.phrases.of(phrases),
  EditorState.tabSize.of(2),
  keymap.of([...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab]),
  look,
];

/**
 * Makes an editor inside `parent`. `first` goes before what all editors have, for gutters and keys that come first; Tab indents, and leaves the editor
 * after Escape.
 */
export function makeEditor(parent: HTMLElement, label: string, first: Extension, after: Extension): EditorView {
  const host = document.createElement("div");
  host.className = "editor-host";
  parent.append(host);
  const root = host.attachShadow({ mode: "open", delegatesFocus: true });
  return new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: "",
      extensions: [
        first,
        common,
        after,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocorrect: "off", autocapitalize: "off" }),
      ],
    }),
  });
}

/** Replaces the whole text; it can be undone. */
export function replaceText(view: EditorView, text: string): void {
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: 0 },
    userEvent: "input.replace",
    scrollIntoView: true,
  });
}
