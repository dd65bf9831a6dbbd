/** What the page knows. The texts themselves are in the editors. */
import type { Evaluation, Family, Hello, Source, State as EventState, TracedEvent } from "../answers";
import { Store } from "./store";

export const TABS = ["metrics", "event", "unread", "cardinality", "changes"] as const;
export type Tab = (typeof TABS)[number];

export const PANES = ["mapping", "events", "results"] as const;
export type Pane = (typeof PANES)[number];

/** A series by what it is, so that it is the same after the next keystroke. */
export interface SeriesKey {
  family: string;
  labels: Record<string, string>;
}

/** A new one for each answer, though the maps may be the same, with more in them. */
export interface Traced {
  sources: Source[];
  events: ReadonlyMap<number, TracedEvent>;
  states: ReadonlyMap<number, EventState>;
}

export interface Engine {
  state: "starting" | "ready" | "lost";
  hello: Hello | null;
  message: string;
}

export interface Model {
  mappingName: string;
  eventsName: string | null;
  /** The example that both texts are, unchanged; null for others. */
  example: string | null;
  /** The answer to the latest text that was asked about. */
  evaluation: Evaluation | null;
  /** The latest families and text without errors in the mapping. */
  families: Family[] | null;
  text: string;
  /** Grows with each answer: what was asked about an earlier one is out of date. */
  generation: number;
  traced: Traced | null;
  /** The generation whose chain has come to "the rest of what is visible"; 0 before the engine has answered. */
  settled: number;
  tab: Tab;
  pane: Pane;
  event: number | null;
  series: SeriesKey | null;
  pinned: { text: string; at: string } | null;
  asText: boolean;
  engine: Engine;
  /** The engine has not answered to what is in the editors: the results are of something else. */
  isOutdated: boolean;
  /** UTF-16 code units of the events that the engine was not given, because they are too many. */
  unsent: number;
  /** From the keystroke's question to its metrics, in milliseconds. */
  took: number | null;
}

export type Bench = Store<Model>;

export function makeBench(): Bench {
  return new Store<Model>({
    mappingName: "mapping.yaml",
    eventsName: null,
    example: null,
    evaluation: null,
    families: null,
    text: "",
    generation: 0,
    traced: null,
    settled: 0,
    tab: "metrics",
    pane: "mapping",
    event: null,
    series: null,
    pinned: null,
    asText: false,
    engine: { state: "starting", hello: null, message: "" },
    isOutdated: false,
    unsent: 0,
    took: null,
  });
}

/** Returns the indexes of a series in `families` and in its family's series; null if it is no longer there. */
export function indexesOf(families: readonly Family[] | null, key: SeriesKey): { family: number; series: number } | null {
  const family = families?.findIndex((one) => one.name === key.family) ?? -1;
  if (family === -1) return null;
  const wanted = JSON.stringify(Object.entries(key.labels).sort());
  const series = families![family]!.series.findIndex((one) => JSON.stringify(Object.entries(one.labels).sort()) === wanted);
  return series === -1 ? null : { family, series };
}
