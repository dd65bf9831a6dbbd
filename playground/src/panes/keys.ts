/** The keys of the page. */
import type { State } from "../answers";
import { shape, WORDS } from "../editors/dots";
import { openDialog } from "../look/dialog";
import { el } from "../look/dom";

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
const MOD = isMac ? "⌘" : "Ctrl";

const KEYS: readonly (readonly [group: string, keys: readonly (readonly [key: string, what: string])[]])[] = [
  [
    "Anywhere",
    [
      ["Alt+1, Alt+2, Alt+3", "to the mapping, the events, the results"],
      [`${MOD}+S`, "save the mapping, or download it"],
      ["F1", "these keys"],
    ],
  ],
  [
    "In an editor",
    [
      ["Escape, then Tab", "leave the editor"],
      [`${MOD}+F`, "search and replace"],
      [`${MOD}+Z`, "undo"],
      ["Alt+↑, Alt+↓", "move a line"],
    ],
  ],
  [
    "In the mapping",
    [
      ["Ctrl+Space", "complete keys, values, event types and paths"],
      ["F8, Shift+F8", "next and previous problem"],
      [isMac ? "⌘+Alt+[" : "Ctrl+Shift+[", "fold a block"],
      [`${MOD}+/`, "comment lines"],
    ],
  ],
  [
    "At a border between panes",
    [
      ["← →, Home, End", "move it"],
      ["Double click", "put it where it was at first"],
    ],
  ],
  [
    "In the results",
    [
      ["← →", "between tabs"],
      ["Enter", "on a series: the events and the lines that made it"],
      ["[ and ]", "previous and next event"],
    ],
  ],
];

export function showKeys(): void {
  const groups = KEYS.map(([group, keys]) =>
    el(
      "section",
      { "aria-label": group },
      el("h3", {}, group),
      el(
        "dl",
        { class: "keys" },
        ...keys.flatMap(([key, what]) => [
          el("dt", {}, ...key.split(/(, then |, | and )/).map((part, index) => (index % 2 === 0 ? el("kbd", {}, part) : part))),
          el("dd", {}, what),
        ]),
      ),
    ),
  );
  const states: readonly State[] = ["made", "stopped", "unread", "dropped", "malformed"];
  const signs = el(
    "section",
    { "aria-label": "Beside the events" },
    el("h3", {}, "Beside the events"),
    el("ul", { class: "signs" }, ...states.map((state) => el("li", {}, shape(state), WORDS[state]))),
  );
  openDialog("Keys and signs", ...groups, signs);
}
