/** "Make it a test": the test file of what came out. */
import type { TestFile } from "../answers";
import { button, copyButton } from "../look/controls";
import { openDialog } from "../look/dialog";
import { counted, el } from "../look/dom";
import { download } from "../sharing/files";

export function showTest(test: TestFile, tell: (message: string) => void): void {
  openDialog(
    "Make it a test",
    el(
      "p",
      {},
      "What came out is what this test expects. Look it over: a test that repeats a mistake holds on to it. Save it beside the mapping as ",
      el("code", {}, test.name),
      ", and run ",
      el("code", {}, `telemap test ${test.name}`),
      ".",
    ),
    test.left_out === 0 ? "" : el("p", {}, `${counted(test.left_out, "event")} cannot be in a test, and ${test.left_out === 1 ? "is" : "are"} left out.`),
    el("pre", { class: "dialog-text", tabindex: 0, role: "region", "aria-label": test.name }, test.text),
    el(
      "div",
      { class: "dialog-foot" },
      button("Download", () => download(test.name, test.text), { icon: "download", class: "primary" }),
      copyButton("Copy", () => test.text, tell),
    ),
  );
}
