/** How editors look: colours are the page's custom properties, which reach into the shadow root. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const base = EditorView.theme({
  "&": { height: "100%", color: "var(--code-text)", backgroundColor: "var(--surface)", fontSize: "12.5px" },
  "&.cm-focused": { outline: "none" },
  "&.cm-focused::after": {
    content: "''", position: "absolute", inset: "0", border: "2px solid var(--focus)", borderRadius: "0 0 9px 9px",
    pointerEvents: "none", opacity: "0.55", zIndex: "6",
  },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { padding: "8px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px 0 6px" },
  ".cm-cursor": { borderLeft: "1.6px solid var(--text)" },
  ".cm-activeLine": { backgroundColor: "var(--active-line)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { background: "var(--select)" },
  ".cm-selectionMatch": { backgroundColor: "var(--info-soft)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--info-soft)", outline: "1px solid var(--bar)" },
  "&.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--bad-soft)" },
  ".cm-gutters": { backgroundColor: "var(--surface)", color: "var(--faint)", border: "none", userSelect: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 4px 0 12px", minWidth: "30px", fontSize: "11.5px", lineHeight: "19.4px" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--text)" },
  ".cm-foldGutter .cm-gutterElement": { padding: "0 3px", cursor: "pointer", width: "15px" },
  ".cm-fold": { color: "var(--line-strong)", fontSize: "10px" },
  ".cm-foldPlaceholder": { backgroundColor: "var(--hover)", border: "1px solid var(--line)", color: "var(--muted)", padding: "0 6px", borderRadius: "5px" },
  ".cm-placeholder": { color: "var(--faint)" },
  ".cm-specialChar": { color: "var(--bad)" },
  ".cm-squiggle .cm-specialChar": { borderBottom: "2px dotted var(--bad)" },
});

const tooltips = EditorView.theme({
  ".cm-tooltip": {
    backgroundColor: "var(--raised)", border: "1px solid var(--line)", borderRadius: "8px", boxShadow: "var(--shadow-high)", overflow: "hidden",
    color: "var(--text)", fontFamily: "var(--sans)", fontSize: "12.75px", zIndex: "30",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.25px", maxHeight: "290px", minWidth: "260px", maxWidth: "min(560px, 92vw)", padding: "4px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", borderRadius: "5px", display: "flex", gap: "10px", alignItems: "baseline", lineHeight: "1.45" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--select)", color: "var(--text)" },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700" },
  ".cm-completionLabel": { whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis" },
  "ul li[aria-selected] .cm-completionDetail": { color: "var(--text)" },
  ".cm-completionDetail": { marginLeft: "auto", fontStyle: "normal", color: "var(--muted)", fontFamily: "var(--sans)", fontSize: "11.75px", whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis", maxWidth: "230px" },
  ".cm-completionInfo": { padding: "8px 11px", maxWidth: "320px", lineHeight: "1.45", whiteSpace: "pre-line" },
  ".cm-hover": { padding: "8px 11px", maxWidth: "min(440px, 84vw)", lineHeight: "1.45", whiteSpace: "pre-line", overflowWrap: "anywhere" },
  ".cm-hover + .cm-hover": { borderTop: "1px solid var(--line)" },
  ".cm-hover b": { fontWeight: "650" },
  ".cm-hover code": { fontFamily: "var(--mono)", fontSize: "12px" },
  ".cm-hover .help": { color: "var(--muted)" },
  ".cm-hover .error": { color: "var(--bad)" },
  ".cm-hover .warning": { color: "var(--warn)" },
});

const panels = EditorView.theme({
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)", zIndex: "5" },
  ".cm-panels-bottom": { borderTop: "1px solid var(--line)", containerType: "inline-size" },
  ".cm-panel.cm-search": {
    display: "grid", gridTemplateColumns: "minmax(0, 1fr) auto auto auto", gap: "6px", padding: "7px 30px 7px 10px",
    fontFamily: "var(--sans)", fontSize: "12.5px",
  },
  ".cm-panel.cm-search input, .cm-panel.cm-search button, .cm-panel.cm-search label": { margin: "0" },
  ".cm-panel.cm-search br": { display: "none" },
  ".cm-panel.cm-search label": { display: "inline-flex", alignItems: "center", gap: "4px", fontSize: "12px", color: "var(--muted)" },
  ".cm-panel.cm-search label:nth-of-type(3), .cm-panel.cm-search [name=replaceAll]": { gridColumn: "3 / 5" },
  ".cm-panel.cm-search input[type=checkbox]": { marginRight: "0", accentColor: "var(--accent)" },
  "@container (max-width: 350px)": {
    ".cm-panel.cm-search": { display: "flex", flexWrap: "wrap", paddingRight: "10px" },
    ".cm-panel.cm-search .cm-textfield": { flex: "1 0 100%", boxSizing: "border-box" },
    ".cm-panel.cm-search [name=search]": { flexBasis: "calc(100% - 20px)", marginRight: "20px" },
  },
  ".cm-panel.cm-search [name=close]": { top: "5px", right: "7px", fontSize: "16px", color: "var(--muted)", cursor: "pointer" },
  ".cm-textfield": { backgroundColor: "var(--raised)", border: "1px solid var(--line)", borderRadius: "6px", padding: "3px 8px", fontSize: "12.5px", fontFamily: "var(--sans)" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", border: "1px solid var(--line)", borderRadius: "6px", padding: "3px 9px", fontSize: "12.5px", cursor: "pointer", color: "var(--text)", fontFamily: "var(--sans)" },
  ".cm-button:hover": { backgroundColor: "var(--hover)" },
  ".cm-textfield:focus-visible, .cm-button:focus-visible": { outline: "2px solid var(--focus)" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--lit-edge)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--select)" },
});

const ours = EditorView.theme({
  ".cm-squiggle": { textDecoration: "underline wavy", textDecorationThickness: "1.2px", textUnderlineOffset: "3px", textDecorationSkipInk: "none" },
  ".cm-squiggle-error": { textDecorationColor: "var(--bad)" },
  ".cm-squiggle-warning": { textDecorationColor: "var(--warn)" },
  ".cm-tally": {
    marginLeft: "12px", padding: "1px 8px", borderRadius: "9px", fontFamily: "var(--sans)", fontSize: "11.25px", fontWeight: "550",
    backgroundColor: "var(--good-soft)", color: "var(--good)", whiteSpace: "nowrap", userSelect: "none", verticalAlign: "1px",
  },
  ".cm-tally-none": { backgroundColor: "var(--warn-soft)", color: "var(--warn)" },
  ".cm-tally-idle": { backgroundColor: "var(--hover)", color: "var(--muted)" },
  ".cm-line.cm-lit": { backgroundColor: "var(--lit)", boxShadow: "inset 3px 0 0 var(--lit-edge)" },
  ".cm-path, .cm-path *": { color: "var(--code-path)" },
  ".cm-json-key": { color: "var(--code-key)" },
  ".cm-json-string": { color: "var(--code-string)" },
  ".cm-json-number, .cm-json-word": { color: "var(--code-number)" },
  ".cm-json-mark": { color: "var(--code-mark)" },
  ".cm-event-type": { color: "var(--code-path)", fontWeight: "600" },
  ".cm-clock": { color: "var(--faint)", paddingRight: "10px" },
  ".cm-spacer": { display: "inline-block", width: "10px" },
  ".cm-dots .cm-gutterElement": { width: "21px", padding: "0 4px 0 2px", display: "flex", alignItems: "center", justifyContent: "center", cursor: "pointer" },
  ".cm-dot, .cm-dot svg": { display: "block", width: "11px", height: "11px" },
});

const colors = HighlightStyle.define([
  { tag: tags.definition(tags.propertyName), color: "var(--code-key)" },
  { tag: tags.propertyName, color: "var(--code-key)" },
  { tag: [tags.string, tags.attributeValue], color: "var(--code-string)" },
  { tag: [tags.content], color: "var(--code-text)" },
  { tag: [tags.lineComment, tags.comment], color: "var(--code-comment)", fontStyle: "italic" },
  { tag: [tags.separator, tags.punctuation, tags.squareBracket, tags.brace, tags.meta], color: "var(--code-mark)" },
  { tag: [tags.keyword, tags.labelName, tags.typeName], color: "var(--code-number)" },
]);

export const look = [base, tooltips, panels, ours, syntaxHighlighting(colors)];
