/** The icons of the page, drawn on 16 by 16. */
import { svg } from "./dom";

const PATHS = {
  moon: "M13 9.6A5.6 5.6 0 0 1 6.4 3 5.6 5.6 0 1 0 13 9.6Z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM8 1.4v1.2M8 13.4v1.2M1.4 8h1.2M13.4 8h1.2M3.3 3.3l.9.9M11.8 11.8l.9.9M12.7 3.3l-.9.9M4.2 11.8l-.9.9",
  help: "M5.9 6a2.15 2.15 0 1 1 3.2 1.9c-.7.4-1.1.8-1.1 1.6M8 11.8v.1M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8Z",
  more: "M3.2 8h.1M8 8h.1M12.8 8h.1",
  copy: "M6 5.5h6.5v8H6zM10 5.5v-3H3.5v8H6",
  close: "M4 4l8 8M12 4l-8 8",
  previous: "M9.8 3.5 5.3 8l4.5 4.5",
  next: "M6.2 3.5 10.7 8l-4.5 4.5",
  plus: "M8 3.5v9M3.5 8h9",
  pin: "M9.8 2 14 6.2l-1.3.4-2.6 2.6-.3 2.9-1 1-5.9-5.9 1-1 2.9-.3 2.6-2.6zM5.6 10.4 2.2 13.8",
  check: "M3.2 8.4 6.4 11.6 12.8 4.6",
  share: "M6.5 9.5 9.5 6.5M7.2 4.6l1.3-1.3a3 3 0 0 1 4.2 4.2l-1.3 1.3M8.8 11.4l-1.3 1.3a3 3 0 0 1-4.2-4.2l1.3-1.3",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13.3h10",
  open: "M2.2 12.8V3.6h4l1.4 1.8h6.2v7.4z",
  test: "M6 2.2h4M7 2.2v4L3.4 12.4a1 1 0 0 0 .9 1.4h7.4a1 1 0 0 0 .9-1.4L9 6.2v-4M5.2 9.8h5.6",
  save: "M3 3h8l2 2v8H3zM5.5 3v3.4h4.6V3M5.5 13V9.4h5V13",
} as const;

export type Icon = keyof typeof PATHS;

/** Returns an icon; it is hidden from screen readers, so what it stands in needs a name. */
export function icon(name: Icon): SVGElement {
  return svg("svg", { class: "icon-svg", viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: PATHS[name], ...(name === "more" ? { "stroke-width": 2.2 } : {}) }));
}

/** Returns telemap's sign. */
export function sign(): SVGElement {
  return svg(
    "svg",
    { viewBox: "0 0 32 32", "aria-hidden": "true" },
    svg("rect", { width: 32, height: 32, rx: 8, fill: "#d5421c" }),
    svg("path", { d: "M8.5 22v-5M13.5 22v-9M18.5 22v-6M23.5 22V10", stroke: "#fff", "stroke-width": 3, "stroke-linecap": "round" }),
  );
}
