/** What belongs together lights up: a chosen series, its events and the lines that made it; a chosen event, and the rules that made samples of it. */
import type { Source } from "../answers";
import type { Chain } from "../engine/chain";
import type { EventsEditor } from "../editors/events";
import type { Lines } from "../editors/lit";
import type { MappingEditor } from "../editors/mapping";
import { indexesOf, type Bench } from "../state/model";

export function connect(bench: Bench, chain: Chain, mapping: MappingEditor, events: EventsEditor): void {
  let last = "";

  const blocks = (sources: readonly (Source | undefined)[]): Lines[] =>
    sources.flatMap((source): Lines[] => (source === undefined || source.file !== bench.now.mappingName ? [] : [[source.line, source.end_line]]));

  async function light(): Promise<void> {
    const { series, event, traced, evaluation } = bench.now;
    const what = JSON.stringify([series, event]);
    const isNew = what !== last;
    last = what;
    if (series !== null) {
      const indexes = indexesOf(evaluation?.families ?? null, series);
      const origin = indexes === null ? null : await chain.about("series", indexes).catch(() => null);
      if (bench.now.series !== series) return;
      const sources = bench.now.traced?.sources ?? [];
      mapping.light(blocks(origin?.sources.map((index) => sources[index]) ?? []), isNew);
      events.light(origin?.events ?? [], isNew);
      return;
    }
    if (event !== null) {
      const seen = traced?.events.get(event);
      if (seen === undefined && traced !== null) void chain.look(event, event);
      const families = new Set(seen?.made.map(([family]) => evaluation?.families?.[family]?.name) ?? []);
      const stopped = new Set(seen?.stops.map(([source]) => source) ?? []);
      const made = (traced?.sources ?? []).filter((source, index) => families.has(source.metric) && !stopped.has(index));
      mapping.light(blocks(made), false);
      events.light([event], isNew);
      return;
    }
    mapping.light([], false);
    events.light([], false);
  }

  bench.on(["series", "event", "traced", "settled"], () => void light());
}
