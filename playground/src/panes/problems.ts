/** The problems of the mapping, below its editor, and their number above it. */
import type { Problem } from "../answers";
import { counted, drawList, el } from "../look/dom";
import type { Bench } from "../state/model";

export interface ProblemHands {
  goTo: (problem: Problem) => void;
  /** The address of a page of the documentation; null if it is not beside this page. */
  docs: (url: string) => string | null;
}

/** Returns where a problem is; of another file, or without a line, with the file's name. */
function place(problem: Problem, mapping: string): HTMLElement {
  const where = problem.line === undefined ? "" : `${problem.line}:${problem.column ?? 1}`;
  if (where !== "" && problem.file === mapping) return el("span", { class: "problem-place" }, where);
  const file = problem.file.split("/").at(-1)!;
  return el("span", { class: "problem-place long", title: problem.file }, where === "" ? file : `${file}:${where}`);
}

export function problemsPane(element: HTMLElement, badge: HTMLElement, bench: Bench, hands: ProblemHands): void {
  const list = el("ul", {});
  element.append(list);

  function draw(problem: Problem): HTMLElement {
    const go = el(
      "button",
      { type: "button", class: "problem-text", on: { click: () => hands.goTo(problem) } },
      el("span", { class: "problem-kind" }, problem.severity),
      ` ${problem.message}`,
    );
    const docs = hands.docs(problem.url);
    const code =
      docs === null
        ? el("code", { class: "problem-code" }, problem.code)
        : el("a", { class: "problem-code", href: docs, target: "_blank", rel: "noopener", title: "What this problem means" }, problem.code);
    return el(
      "li",
      { class: `problem ${problem.severity}` },
      place(problem, bench.now.mappingName),
      go,
      el("p", { class: "problem-help" }, problem.help, problem.help === null ? null : " ", code),
      problem.related === null ? null : el("p", { class: "problem-help" }, `${problem.related.line}:${problem.related.column} ${problem.related.message}`),
    );
  }

  bench.on(["evaluation"], ({ evaluation }) => {
    const problems = evaluation?.problems ?? [];
    const errors = problems.filter((one) => one.severity === "error").length;
    const warnings = problems.length - errors;
    element.hidden = problems.length === 0;
    element.classList.toggle("only-warnings", errors === 0);
    drawList(list, problems, (one) => `${one.code} ${one.line} ${one.column} ${one.message}`, (one) => JSON.stringify(one), draw);
    badge.textContent = summary(errors, warnings, evaluation?.families?.length ?? null);
    badge.className = `pill ${errors > 0 ? "bad" : warnings > 0 ? "warn" : "good"}`;
    badge.hidden = evaluation === null;
  });
}

/** Returns "3 errors, 1 warning" or "12 metrics". */
export function summary(errors: number, warnings: number, metrics: number | null): string {
  const parts: string[] = [];
  if (errors > 0) parts.push(counted(errors, "error"));
  else if (metrics !== null) parts.push(counted(metrics, "metric"));
  if (warnings > 0) parts.push(counted(warnings, "warning"));
  return parts.join(", ");
}
