/** The examples: data beside the page. */
import type { Evaluation, Trace } from "../answers";

export interface ExampleEntry {
  name: string;
  title: string;
  /** The heading that it stands under. */
  group: string;
}

export interface Example {
  mapping: { name: string; text: string };
  events: string;
  /** What the engine answers, so that it is seen before the engine has started. */
  answers: { evaluate: Evaluation; trace: Trace } | null;
}

async function read<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path} is not there (${response.status})`);
  return (await response.json()) as T;
}

export const listExamples = (): Promise<ExampleEntry[]> => read("examples/index.json");

/** The example that the page begins with. */
export const FIRST = "shop";

const begun = new Map<string, Promise<Example>>();

/** Begins to read an example that will be wanted soon. */
export function prefetchExample(name: string): void {
  const promise = read<Example>(`examples/${name}.json`);
  promise.catch(() => undefined);
  begun.set(name, promise);
}

export function readExample(name: string): Promise<Example> {
  const promise = begun.get(name) ?? read<Example>(`examples/${name}.json`);
  begun.delete(name);
  return promise;
}
