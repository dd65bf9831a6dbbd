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

export const readExample = (name: string): Promise<Example> => read(`examples/${name}.json`);
