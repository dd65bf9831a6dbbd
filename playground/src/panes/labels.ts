/** Labels of series as text. */
import type { Series } from "../answers";
import { el, type Child } from "../look/dom";

type Labels = Record<string, string>;

/** Returns the labels that all of several series have with the same value. */
export function commonLabels(series: readonly Pick<Series, "labels">[]): Labels {
  const [first, ...rest] = series;
  if (first === undefined || rest.length === 0) return {};
  return Object.fromEntries(Object.entries(first.labels).filter(([name, value]) => rest.every((one) => one.labels[name] === value)));
}

/** Returns the labels that are not in `without`, as elements. */
export function labelList(labels: Labels, without: Labels = {}): HTMLElement {
  const parts = Object.entries(labels)
    .filter(([name]) => !(name in without))
    .flatMap(([name, value]): Child[] => [
      el("span", { class: "label" }, el("span", { class: "label-name" }, `${name}=`), el("span", { class: value === "" ? "label-value none" : "label-value" }, value === "" ? "(empty)" : value)),
      " ", // for screen readers
    ]);
  return el("span", { class: "labels" }, ...(parts.length === 0 ? [el("span", { class: "label none" }, "no labels"), " "] : parts));
}
