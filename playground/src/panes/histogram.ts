/** A histogram as small bars, one for each bucket. */
import type { Numeral } from "../answers";
import { el, svg } from "../look/dom";
import { plain } from "../look/numbers";

interface Bar {
  bound: string;
  count: number;
}

const HEIGHT = 34;
/** With more buckets than this, counts are not written above the bars. */
const COUNTED = 14;
/** Pixels of a narrow pane, and of a letter: of bounds that do not all fit below the bars, some are written. */
const ROOM = 300;
const LETTER = 6.4;

function boundText(bound: string): string {
  if (bound === "+Inf") return "∞";
  return plain(Number(bound));
}

/** Returns the counts of the buckets by themselves, from the cumulative ones. */
export function bars(buckets: Record<string, Numeral>): Bar[] {
  let before = 0;
  const order = Object.entries(buckets).sort(([one], [other]) => Number(one.replace("+Inf", "Infinity")) - Number(other.replace("+Inf", "Infinity")));
  return order.map(([bound, cumulative]) => {
    const now = Number(cumulative);
    const bar = { bound, count: now - before };
    before = now;
    return bar;
  });
}

/** Returns how many bars share one bound, which is written below the last of them. */
export function boundsApart(bounds: readonly string[]): number {
  const longest = Math.max(...bounds.map((bound) => bound.length)) + 1;
  return Math.ceil((bounds.length * longest * LETTER) / ROOM);
}

/** Returns the bars as a picture with a name; each bar says its bounds and count when it is pointed at. */
export function histogram(buckets: Record<string, Numeral>): HTMLElement {
  const all = bars(buckets);
  const highest = Math.max(1, ...all.map((bar) => bar.count));
  const filled = all.filter((bar) => bar.count > 0).map((bar) => `${plain(bar.count)} up to ${boundText(bar.bound)}`);
  const apart = boundsApart(all.map(({ bound }) => boundText(bound)));
  const columns = all.map((bar, index) => {
    const height = bar.count === 0 ? 1 : Math.max(3, (bar.count / highest) * HEIGHT);
    const from = index === 0 ? "" : `above ${boundText(all[index - 1]!.bound)}, `;
    const drawing = svg(
      "svg",
      { class: bar.count === 0 ? "bar none" : "bar", viewBox: `0 0 10 ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("rect", { x: 0, y: HEIGHT - height, width: 10, height }),
    );
    return el(
      "span",
      { class: "bucket", title: `${from}up to ${boundText(bar.bound)}: ${plain(bar.count)}` },
      el("span", { class: "bucket-count" }, bar.count === 0 || all.length > COUNTED ? "" : plain(bar.count)),
      drawing,
      el("span", { class: "bucket-bound" }, (all.length - 1 - index) % apart === 0 ? boundText(bar.bound) : ""),
    );
  });
  const name = filled.length === 0 ? "Histogram, empty" : `Histogram: ${filled.join(", ")}`;
  return el("div", { class: "histogram", role: "img", "aria-label": name }, ...columns);
}
