/** "Make it a test": the test file of what came out. */
import type { TestFile } from "../answers";
import { button, copyButton } from "../look/controls";
import { openDialog } from "../look/dialog";
import { counted, el } from "../look/dom";
import { download } from "../sharing/files";

/** `count`: the events beside the mapping. */
export function showTest(test: TestFile, count: number, tell: (message: string) => void): void {
  const isWhole = test.events + test.left_out === count;
  openDialog(
    "Make it a test",
    isWhole
      ? null
      : el("p", {}, `It has ${test.events.toLocaleString("en")} of ${counted(count, "event")}: the first that made each metric, and the first of each other outcome. So its numbers are smaller than those on the page.`),
    el(
      "p",
      {},
      isWhole ? "What came out is what this test expects." : "What comes of these is what this test expects.",
      " Look it over: a test that repeats a mistake holds on to it. Save it beside the mapping as ",
      el("code", {}, test.name),
      ", and run ",
      el("code", {}, `telemap test ${test.name}`),
      ".",
    ),
    test.left_out === 0 ? null : el("p", {}, `${counted(test.left_out, "event")} cannot be in a test, and ${test.left_out === 1 ? "is" : "are"} left out.`),
    el("pre", { class: "dialog-text", tabindex: 0, role: "region", "aria-label": test.name }, test.text),
    el(
      "div",
      { class: "dialog-foot" },
      button("Download", () => download(test.name, test.text), { icon: "download", class: "primary" }),
      copyButton("Copy", () => test.text, tell),
    ),
  );
}
